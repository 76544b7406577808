import Crypto
import Foundation
import Storage

/// A row of a table in which each covers the one before it with its hash, and whose last is known in another table: see
/// docs/decisions/0006-timeline-chain.md.
protocol ChainLink: Sendable {
  static var table: String { get }
  static var head: String { get }
  /// What to say when the head is gone.
  static var headIsMissing: String { get }
  static var columns: String { get }
  /// Its place: 1, 2, 3 … without a gap.
  var seq: Int { get set }
  var hash: String { get set }
  func chainHash(after previous: String) throws -> String
  /// For the columns, in their order.
  func values(after previous: String) throws -> [SQLValue]
}

extension Transaction {
  /// Gives links their places at the end of their chain. Only one transaction at a time can do that, on all servers, so it is
  /// done just before the commit: see ``Closing``.
  func chain<Link: ChainLink>(_ links: [Link]) throws {
    guard let head = try row("SELECT Seq, Hash FROM \(Link.head) WHERE Id = 1" + dialect.toChange) else {
      throw StorageError(.unreadable, Link.headIsMissing)
    }
    var (seq, hash) = (try head.integer("Seq"), try head.text("Hash"))
    var rows: [[SQLValue]] = []
    for var link in links {
      seq += 1
      link.seq = seq
      link.hash = try link.chainHash(after: hash)
      rows.append(try link.values(after: hash))
      hash = link.hash
    }
    try insert(into: Link.table, Link.columns, rows)
    try execute("UPDATE \(Link.head) SET Seq = ?, Hash = ? WHERE Id = 1", [.integer(seq), .text(hash)])
  }
}

/// The hash of one link of a chain. Its form never changes.
func linkHash(_ fields: [String]) -> String {
  var hash = SHA256()
  for field in fields { hash.update(data: Data("\(field.utf8.count):\(field)\n".utf8)) }
  return hex(hash.finalize())
}
