import Foundation
import Storage

/// Brings a whole database to another place, on the same engine or the other one: every row of every table, with its ids,
/// and then looks at each of them again, in both.
///
/// Rows go table by table in the order of their keys, so that what is there tells where to go on after an interruption.
/// Until the end the target has a table, ``Migrator/copyMark``, which keeps everybody else from working on it.
public struct DatabaseCopy: Sendable {
  let from: DatabasePlace
  let to: DatabasePlace
  let source: any Database
  let target: any Database
  let tables: [CopyTable]

  /// Opens both, and makes the target's tables.
  ///
  /// - Throws: ``Failure`` with code `conflict` when the source has an old schema, or the target holds anything but an
  ///   unfinished copy of this source; then nothing was touched. ``StorageError``.
  public init(from: DatabasePlace, to: DatabasePlace) async throws {
    (self.from, self.to) = (from, to)
    tables = try await CopyTable.all()
    source = try await Self.opened(source: from)
    target = try await Self.opened(target: to, tables)
    try await claim()
  }

  /// Copies what is not there yet, and compares all of it.
  ///
  /// - Parameter tell: is told now and then how far it is.
  /// - Throws: ``Failure`` with code `conflict` that names the row which cannot be copied, or which is not the same on both
  ///   sides. ``StorageError``.
  public func run(_ tell: @escaping @Sendable (CopyProgress) -> Void = { _ in }) async throws -> CopySummary {
    let before = try await tallies()
    let total = before.values.reduce(0) { $0 + $1.rows }
    do {
      var progress = CopyProgress(stage: .copying, total: total, tell)
      for table in tables { try await copy(table, &progress) }
      progress = CopyProgress(stage: .comparing, total: total, tell)
      for table in tables { try await compare(table, &progress) }
    } catch let difference as CopyDifference {
      try await beginAgainNextTime()
      try await refuseChanges(since: before)
      throw Failure(.conflict, "the copy is not what \(from) holds: \(difference.refusal.sentence). \(Self.again)")
    } catch let refusal as CopyRefusal {
      throw Failure(.conflict, "\(to) cannot take what \(from) holds: \(refusal.sentence). \(Self.mend)")
    }
    let counts = tables.map { CopySummary.Table(name: $0.name, rows: before[$0.name]?.rows ?? 0) }
    let summary = try await summary(counts)
    try await refuseChanges(since: before)
    _ = try await target.write { try $0.execute("DROP TABLE \(Migrator.copyMark)") }
    return summary
  }

  static let again = "Run the same command again: it starts anew"
  private static let mend = "Mend it in the source, and run the same command again: it goes on there"

  private func summary(_ tables: [CopySummary.Table]) async throws -> CopySummary {
    let copied = Incidents(database: target)
    return CopySummary(
      from: "\(from)", to: "\(to)", rows: tables.reduce(0) { $0 + $1.rows }, tables: tables,
      timeline: try await copied.verifyTimeline(), auditLog: try await copied.verifyAuditLog(),
      leftOut: try await leftOut())
  }
}

/// What a copy has done.
public struct CopySummary: Sendable, Codable {
  public struct Table: Sendable, Codable {
    public let name: String
    public let rows: Int
  }

  /// Without passwords.
  public let from: String
  public let to: String
  public let rows: Int
  public let tables: [Table]
  /// The chains in the target, read from end to end. A fault in them came with the rows: they are the source's.
  public let timeline: TimelineVerdict
  public let auditLog: AuditVerdict
  /// Tables and columns of the source that are not Tocsin's.
  public let leftOut: [String]
}

/// How far a copy is.
public struct CopyProgress: Sendable {
  public enum Stage: String, Sendable {
    case copying, comparing
  }

  public let stage: Stage
  /// Rows that were there when it began, of all tables.
  public let total: Int
  /// Rows done of all tables.
  public private(set) var done = 0
  public private(set) var table = ""
  private let tell: @Sendable (CopyProgress) -> Void

  init(stage: Stage, total: Int, _ tell: @escaping @Sendable (CopyProgress) -> Void) {
    (self.stage, self.total, self.tell) = (stage, total, tell)
  }

  mutating func add(_ rows: Int, of table: CopyTable) {
    done += rows
    self.table = table.name
    tell(self)
  }
}

/// What is not the same on both sides.
struct CopyDifference: Error {
  let refusal: CopyRefusal
}
