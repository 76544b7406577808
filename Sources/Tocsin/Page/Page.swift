/// Some items of a list, and where the rest begins.
public struct Page<Item: Sendable>: Sendable {
  public let items: [Item]
  /// Where the next page begins: ``PageRequest/cursor``. Nil on the last page.
  @OrNull public var nextCursor: String?

  public init(items: [Item], nextCursor: String? = nil) {
    self.items = items
    self.nextCursor = nextCursor
  }
}

extension Page: Encodable where Item: Encodable {}
extension Page: Decodable where Item: Decodable {}
extension Page: Equatable where Item: Equatable {}

/// Which page of a list.
///
/// Whoever follows the cursors to the end gets every row that was there at the start exactly once, whatever is inserted and
/// changed meanwhile. A merge moves rows from one incident's lists to another's.
public struct PageRequest: Sendable, Equatable {
  /// At most so many items, 1 or more.
  public var limit: Int
  /// Where the page before ended: ``Page/nextCursor``. Nil for the first page.
  public var cursor: String?

  public init(limit: Int = 50, cursor: String? = nil) {
    self.limit = limit
    self.cursor = cursor
  }
}
