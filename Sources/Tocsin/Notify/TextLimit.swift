/// The longest text that a channel takes, in the unit its vendor counts in.
public struct TextLimit: Sendable, Equatable {
  public enum Unit: String, Sendable {
    /// Unicode scalars.
    case characters
    /// What JavaScript and Java count: two for an emoji.
    case utf16 = "UTF-16 units"
    case bytes
  }

  public let count: Int
  public let unit: Unit

  public init(_ count: Int, _ unit: Unit) {
    self.count = count
    self.unit = unit
  }

  public func length(of text: String) -> Int {
    switch unit {
    case .characters: text.unicodeScalars.count
    case .utf16: text.utf16.count
    case .bytes: text.utf8.count
    }
  }

  /// `text` when it fits, else as much of its beginning as fits before `…` and `[Ref: …]`: the reference is never cut.
  public func fitting(_ text: String, shortRef: String) -> String {
    if length(of: text) <= count { return text }
    let end = "…\n[Ref: \(shortRef)]"
    return Self.beginning(of: text, count - length(of: end), length) + end
  }

  /// As many whole characters of `text` as fit into `room`.
  ///
  /// - Parameter length: of a character, in the unit of `room`.
  public static func beginning(of text: String, _ room: Int, _ length: (String) -> Int) -> Substring {
    var left = room
    return text.prefix { character in
      left -= length(String(character))
      return left >= 0
    }
  }
}
