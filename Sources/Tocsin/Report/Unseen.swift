/// Characters that do something to a terminal or turn the reading order around, instead of being read. Reports show
/// them, so that nobody is deceived by what came from outside.
private func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0x09, 0x0A: false
  case 0x202A...0x202E, 0x2066...0x2069: true
  default: scalar.properties.generalCategory == .control
  }
}

/// `text` with each unseen character replaced by its code point, such as `[U+202E]`, and every kind of line break by a
/// line feed. Tabs stay.
func showingUnseen(_ text: String) -> String {
  var clean = String.UnicodeScalarView()
  var afterReturn = false
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\r", "\u{85}", "\u{2028}", "\u{2029}": clean.append("\n")
    case "\n" where afterReturn: break
    case _ where isUnseen(scalar): clean.append(contentsOf: "[U+\(fourDigits(scalar).uppercased())]".unicodeScalars)
    default: clean.append(scalar)
    }
    afterReturn = scalar == "\r"
  }
  return String(clean)
}

/// JSON with each unseen character inside its strings as a `\u` escape: the same data, harmless on a terminal.
func escapingUnseen(_ json: String) -> String {
  var clean = String.UnicodeScalarView()
  for scalar in json.unicodeScalars {
    if isUnseen(scalar) {
      clean.append(contentsOf: "\\u\(fourDigits(scalar))".unicodeScalars)
    } else {
      clean.append(scalar)
    }
  }
  return String(clean)
}

/// All of them are below U+10000.
private func fourDigits(_ scalar: Unicode.Scalar) -> String {
  hex([UInt8(scalar.value >> 8 & 0xFF), UInt8(scalar.value & 0xFF)])
}
