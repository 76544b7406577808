import Foundation

/// Where results and talk go.
enum Terminal {
  /// Whether a person reads the results.
  static let isInteractive = isatty(STDOUT_FILENO) == 1

  /// Colour only for a person who did not say no (no-color.org).
  static let hasColour: Bool = {
    let environment = ProcessInfo.processInfo.environment
    return isInteractive && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
  }()

  /// A result, on stdout.
  static func write(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
  }

  /// Talk, on stderr.
  static func complain(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }

  /// `text` with everything made visible that could move the cursor, hide text or reorder it: control characters and
  /// direction overrides (Unicode TR 36). A newline stays only where `lines` allows it.
  static func harmless(_ text: String, lines: Bool = false) -> String {
    var clean = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x0A where lines, 0x09 where lines: clean.append(scalar)
      case 0x0A: clean.append(contentsOf: "\\n".unicodeScalars)
      case 0x09: clean.append(contentsOf: "\\t".unicodeScalars)
      case 0x0D: clean.append(contentsOf: (lines ? "" : "\\r").unicodeScalars)
      case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069, 0x200E, 0x200F, 0x2028, 0x2029:
        clean.append("\u{FFFD}")
      default: clean.append(scalar)
      }
    }
    return String(clean)
  }
}
