import Tocsin

/// How a vendor wants plain text, so that nothing in it acts: no mention, no link under another name, no markup.
/// ``Unseen`` characters are shown as their code points.
struct Markup: Sendable {
  /// The text encoded, in pieces that must not be torn apart. Each has at least one character.
  private let pieces: @Sendable (String) -> [String]

  init(_ pieces: @escaping @Sendable (String) -> [String]) { self.pieces = pieces }

  /// For places without markup.
  static let plain = Markup { $0.map(String.init) }

  /// `text` encoded; when that is longer than `limit`, as much of its beginning as fits before `end`.
  func fitted(_ text: String, _ limit: TextLimit, end: String = "…") -> String {
    let (kept, isWhole) = beginning(of: text, limit, room: limit.count - limit.length(of: end))
    return isWhole ? kept : kept + end
  }

  /// Whether ``fitted(_:_:end:)`` leaves `text` whole.
  func fits(_ text: String, _ limit: TextLimit) -> Bool { beginning(of: text, limit, room: limit.count).isWhole }

  /// `text` encoded, and whether that is within `limit`; when it is not, what of it fits into `room`.
  private func beginning(of text: String, _ limit: TextLimit, room: Int) -> (kept: String, isWhole: Bool) {
    // Every piece counts at least one, so what comes later cannot fit anyway.
    let beginning = Unseen.shown(String(text.prefix(limit.count + 1)))
    var (all, kept, length) = ("", "", 0)
    for piece in pieces(beginning) {
      length += limit.length(of: piece)
      if length > limit.count { return (kept, false) }
      if length <= room { kept += piece }
      all += piece
    }
    return (all, true)
  }

  /// The same on one line.
  func line(_ text: String, _ limit: TextLimit) -> String {
    fitted(text.split(whereSeparator: \.isNewline).joined(separator: " "), limit)
  }
}

/// `text`, or nil when nobody would see anything of it: some vendors refuse empty texts.
func visible(_ text: String?) -> String? {
  guard let text, !text.allSatisfy(\.isWhitespace) else { return nil }
  return text
}
