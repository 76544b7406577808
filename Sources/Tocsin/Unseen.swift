/// Characters that move a terminal's cursor, hide text or turn its reading order around (Unicode TR 36), instead of being
/// read. They are stored as they came, and shown so that nobody is deceived.
public enum Unseen {
  /// Whether `scalar` is one of them: a control character, a line or paragraph separator, a direction mark. All of them are
  /// below U+10000. Tabs and line feeds count too.
  public static func contains(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  /// `text` with each of them replaced by its code point, such as `[U+202E]`, and every kind of line break by a line feed.
  /// Tabs stay.
  public static func shown(_ text: String) -> String {
    var clean = String.UnicodeScalarView()
    var afterReturn = false
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\r", "\u{85}", "\u{2028}", "\u{2029}": clean.append("\n")
      case "\n" where afterReturn: break
      case "\n", "\t": clean.append(scalar)
      case _ where contains(scalar): clean.append(contentsOf: "[U+\(fourDigits(scalar).uppercased())]".unicodeScalars)
      default: clean.append(scalar)
      }
      afterReturn = scalar == "\r"
    }
    return String(clean)
  }

  /// JSON with each of them as a `\u` escape: the same data, harmless on a terminal and in a log. Line feeds are the
  /// encoder's own: inside a string JSON has none.
  static func escaped(_ json: String) -> String {
    // Bytes of UTF-8 that every one of them needs: most texts have none and are done here.
    guard json.utf8.contains(where: { $0 == 0x7F || $0 == 0xC2 || $0 == 0xD8 || $0 == 0xE2 }) else { return json }
    var clean = String.UnicodeScalarView()
    for scalar in json.unicodeScalars {
      if contains(scalar), scalar != "\n" {
        clean.append(contentsOf: "\\u\(fourDigits(scalar))".unicodeScalars)
      } else {
        clean.append(scalar)
      }
    }
    return String(clean)
  }

  private static func fourDigits(_ scalar: Unicode.Scalar) -> String {
    hex([UInt8(scalar.value >> 8 & 0xFF), UInt8(scalar.value & 0xFF)])
  }
}
