import Foundation

/// Colour for a person, on top of words: never the only sign of anything.
enum Style {
  private static let colours = [
    "CRITICAL": "1;31", "HIGH": "31", "MEDIUM": "33", "LOW": "2", "CREATED": "1;33", "INVESTIGATING": "33",
    "MONITORING": "36", "CLOSED": "32", "SENT": "32", "DELIVERED": "32", "FAILED": "1;31", "PENDING": "33",
    "FIRING": "31",
    "RESOLVED": "32",
    "ok": "32", "warning": "33", "error": "1;31",
  ]

  /// A severity, a status and the like in its colour; anything else as it is.
  static func word(_ text: String) -> String { colours[text].map { paint(text, $0) } ?? text }
  static func faint(_ text: String) -> String { paint(text, "2") }
  static func strong(_ text: String) -> String { paint(text, "1") }

  private static func paint(_ text: String, _ code: String) -> String {
    Terminal.hasColour ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}

enum Screen {
  /// Columns of the terminal; 80 when it does not say.
  static let width: Int = {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }()
}

extension String {
  /// Columns on a terminal: wide East Asian characters and emoji take two, combining marks none.
  var width: Int { reduce(0) { $0 + $1.width } }

  /// At most `columns` wide, the last one `…` if something was cut.
  func cut(to columns: Int) -> String {
    guard width > columns else { return self }
    var (text, used) = ("", 0)
    for character in self where used + character.width <= columns - 1 {
      text.append(character)
      used += character.width
    }
    return text + "…"
  }

  /// In lines of at most `columns`, broken between words where that can be.
  func wrapped(to columns: Int) -> [String] {
    var lines = [""]
    for word in split(separator: " ", omittingEmptySubsequences: false) {
      let current = lines[lines.count - 1]
      if current.isEmpty || current.width + 1 + String(word).width <= columns {
        lines[lines.count - 1] = current.isEmpty ? String(word) : current + " " + word
      } else {
        lines.append(String(word))
      }
      while let last = lines.last, last.width > columns {
        let head = last.prefix(fitting: columns)
        lines[lines.count - 1] = String(head)
        lines.append(String(last.dropFirst(head.count)))
      }
    }
    return lines
  }

  /// As many characters as fit into `columns`, at least one.
  private func prefix(fitting columns: Int) -> Substring {
    var (count, used) = (0, 0)
    for character in self where used + character.width <= columns {
      used += character.width
      count += 1
    }
    return prefix(Swift.max(count, 1))
  }
}

extension Character {
  fileprivate var width: Int {
    guard let first = unicodeScalars.first else { return 0 }
    switch first.value {
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
      0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      return 2
    default: return first.properties.generalCategory == .nonspacingMark ? 0 : 1
    }
  }
}
