/// Characters that could move the cursor, hide text or reorder it (Unicode TR 36), beside the C0 controls.
private func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0x7F..<0xA0, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
  default: false
  }
}

extension Terminal {
  /// `text` with every unseen character made visible. A newline or tab stays only where `lines` allows it.
  static func harmless(_ text: String, lines: Bool = false) -> String {
    var clean = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x0A where lines, 0x09 where lines: clean.append(scalar)
      case 0x0A: clean.append(contentsOf: "\\n".unicodeScalars)
      case 0x09: clean.append(contentsOf: "\\t".unicodeScalars)
      case 0x0D: clean.append(contentsOf: (lines ? "" : "\\r").unicodeScalars)
      case 0..<0x20: clean.append("\u{FFFD}")
      default: clean.append(isUnseen(scalar) ? "\u{FFFD}" : scalar)
      }
    }
    return String(clean)
  }
}

/// JSON with every unseen character as a `\u` escape: the same data, harmless on a terminal. The C0 controls are escaped
/// already, as JSON demands.
func escapingUnseen(_ json: String) -> String {
  guard json.unicodeScalars.contains(where: isUnseen) else { return json }
  var clean = String.UnicodeScalarView()
  for scalar in json.unicodeScalars {
    if isUnseen(scalar) {
      let digits = String(scalar.value, radix: 16)
      clean.append(contentsOf: ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).unicodeScalars)
    } else {
      clean.append(scalar)
    }
  }
  return String(clean)
}
