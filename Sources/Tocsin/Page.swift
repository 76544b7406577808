/// Some of a list, and where the rest begins.
public struct Page<Item: Codable & Sendable>: Codable, Sendable {
  public let items: [Item]
  /// Nil on the last page.
  @OrNull public var nextCursor: String?

  public init(items: [Item], nextCursor: String?) {
    self.items = items
    _nextCursor = OrNull(wrappedValue: nextCursor)
  }
}

/// Which part of a list.
public struct PageRequest: Sendable {
  public var limit: Int
  public var cursor: String?

  public init(limit: Int = 50, cursor: String? = nil) {
    self.limit = limit
    self.cursor = cursor
  }
}
