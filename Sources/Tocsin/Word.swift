/// A value out of a fixed list, written in capitals: `CRITICAL`, `ROOT_CAUSE`. Read in any case; a typo gets a hint.
public protocol Word: RawRepresentable<String>, CaseIterable, Sendable, Hashable, Codable {
  /// The one name of the field that holds it: `severity`.
  static var field: String { get }
  /// A word as the list spells it: in capitals with `_`, unless a list says otherwise.
  static func spelling(_ word: String) -> String
}

extension Word {
  public static func spelling(_ word: String) -> String { word.uppercased().replacing("-", with: "_") }

  /// Reads a word in any case, with `-` for `_`.
  ///
  /// - Throws: ``Failure`` with code `invalid`, the list of what is allowed and the nearest of it.
  public init(word: String) throws {
    let wanted = Self.spelling(word)
    if let value = Self(rawValue: wanted) {
      self = value
      return
    }
    let allowed = Self.allCases.map(\.rawValue)
    throw Failure(
      .invalid,
      "\(Self.field) \"\(printable(word))\" is not known\(hint(wanted, allowed)). "
        + "Allowed: \(allowed.joined(separator: ", "))",
      field: Self.field, allowed: allowed)
  }
}

/// ` (did you mean X?)` when one of `allowed` is near `word`, else nothing.
public func hint(_ word: String, _ allowed: [String]) -> String {
  let near = allowed.map { ($0, editDistance(word, $0)) }.min { $0.1 < $1.1 }
  guard let (best, distance) = near, distance <= max(1, best.count / 3) else { return "" }
  return " (did you mean \(best)?)"
}

/// `text` fit for an error message: one line, no control characters, at most 60 characters.
public func printable(_ text: String) -> String {
  let clean = text.unicodeScalars.map { Unseen.contains($0) ? "\u{FFFD}" : $0 }
  var line = String.UnicodeScalarView()
  line.append(contentsOf: clean.prefix(60))
  return String(line) + (clean.count > 60 ? "…" : "")
}

/// The first 500 characters of `text`, without a last line break: what an event repeats of a text that is kept in full elsewhere.
func excerpt(_ text: String) -> String {
  let scalars = text.unicodeScalars
  guard scalars.count > 500 else { return text.hasSuffix("\n") ? String(text.dropLast()) : text }
  return String(String.UnicodeScalarView(scalars.prefix(500))) + "…"
}

/// How many letters to add, drop, change or swap with the next (optimal string alignment).
private func editDistance(_ left: String, _ right: String) -> Int {
  let (left, right) = (Array(left.unicodeScalars.prefix(64)), Array(right.unicodeScalars))
  var distances = [Array(0...right.count)]
  for (row, a) in left.enumerated() {
    var current = [row + 1]
    for (column, b) in right.enumerated() {
      let change = distances[row][column] + (a == b ? 0 : 1)
      var best = min(distances[row][column + 1] + 1, current[column] + 1, change)
      if row > 0, column > 0, a == right[column - 1], left[row - 1] == b {
        best = min(best, distances[row - 1][column - 1] + 1)
      }
      current.append(best)
    }
    distances.append(current)
  }
  return distances[left.count][right.count]
}
