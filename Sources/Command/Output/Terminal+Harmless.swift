import Tocsin

extension Terminal {
  /// `text` with every unseen character made visible. A newline or tab stays only where `lines` allows it.
  static func harmless(_ text: String, lines: Bool = false) -> String {
    if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
    var clean = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n" where lines, "\t" where lines: clean.append(scalar)
      case "\n": clean.append(contentsOf: "\\n".unicodeScalars)
      case "\t": clean.append(contentsOf: "\\t".unicodeScalars)
      case "\r": clean.append(contentsOf: (lines ? "" : "\\r").unicodeScalars)
      default: clean.append(Unseen.contains(scalar) ? "\u{FFFD}" : scalar)
      }
    }
    return String(clean)
  }
}
