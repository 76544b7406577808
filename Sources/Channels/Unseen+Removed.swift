import Tocsin

extension Unseen {
  /// `text` without them, for places where their code points would only be in the way. Every kind of line break becomes a
  /// line feed, a tab a space.
  static func removed(from text: String) -> String {
    var clean = String.UnicodeScalarView()
    var previous: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n" where previous == "\r": break
      case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": clean.append("\n")
      case "\t": clean.append(" ")
      default: if !contains(scalar) { clean.append(scalar) }
      }
      previous = scalar
    }
    return String(clean)
  }
}
