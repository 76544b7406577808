/// What the changes that share a commit do together at its end, such as taking their places on one chain: others wait for
/// whoever does that, so it is done last and at once.
public struct Closing<Item: Sendable>: Sendable {
  fileprivate let name: String
  fileprivate let run: @Sendable ([Item], any Transaction) throws -> Void

  /// - Parameters:
  ///   - name: one for each kind.
  ///   - run: gets what was left to it, in the order of the changes.
  public init(_ name: String, _ run: @escaping @Sendable ([Item], any Transaction) throws -> Void) {
    self.name = name
    self.run = run
  }
}

/// What the changes of one commit have left to their closings so far. What a change that is undone has left goes with it.
public final class Closings {
  package struct Left {
    fileprivate var items: [any Sendable] = []
    fileprivate var run: ([any Sendable], any Transaction) throws -> Void
  }

  /// By the closings' names. An engine puts back what it was before a change that is undone.
  package var left: [String: Left] = [:]

  package init() {}

  fileprivate func add<Item>(_ item: Item, to closing: Closing<Item>) {
    left[closing.name, default: Left { try closing.run($0.map { $0 as! Item }, $1) }].items.append(item)
  }

  fileprivate func items<Item>(left closing: Closing<Item>) -> [Item] {
    left[closing.name]?.items.map { $0 as! Item } ?? []
  }

  fileprivate func close(_ name: String, _ transaction: any Transaction) throws {
    guard let left = left.removeValue(forKey: name) else { return }
    try left.run(left.items, transaction)
  }

  /// For engines, before the commit.
  ///
  /// - Throws: ``ClosingFault``.
  package func close(_ transaction: any Transaction) throws {
    do {
      for name in left.keys.sorted() { try close(name, transaction) }
    } catch {
      throw ClosingFault(error: error)
    }
  }
}

/// A closing failed: that of one change, but nobody knows of which. They have to be made one by one.
package struct ClosingFault: Error { package let error: any Error }

extension Transaction {
  /// Leaves something to be done before the commit, together with what others leave that share it.
  ///
  /// - Throws: ``StorageError`` in a read.
  public func leave<Item>(_ item: Item, to closing: Closing<Item>) throws {
    guard let closings else { throw StorageError(.readOnly, "a read cannot change anything") }
    closings.add(item, to: closing)
  }

  /// What was left to a closing so far, by this change and by those that share its commit.
  public func left<Item>(to closing: Closing<Item>) -> [Item] { closings?.items(left: closing) ?? [] }

  /// Does now what was left to a closing so far: for a change that needs to see it. Nothing in a read.
  public func close<Item>(_ closing: Closing<Item>) throws { try closings?.close(closing.name, self) }
}
