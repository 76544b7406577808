import Synchronization

/// How a database's schema and a program go together.
public struct SchemaStanding: Sendable, Equatable {
  /// The newest migration that was applied to the database; 0 for an empty one.
  public let schema: Int
  /// The oldest program that may work on it, by the newest migration that it knows; nil where none has noted it yet. May be
  /// ahead of `schema` while a migration is under way.
  public let oldestProgram: Int?
  /// The newest migration that this program knows.
  public let known: Int

  /// Whether a newer program has changed the database, so that this one works beside it or cannot work at all.
  public var isNewer: Bool { schema > known }

  /// - Throws: ``StorageError`` with code `newer` when this program cannot work on the database.
  public func refuseIfTooNew() throws {
    guard (oldestProgram ?? schema) > known else { return }
    throw StorageError(
      .newer,
      "the database has schema \(max(schema, oldestProgram ?? 0)), written by a newer Tocsin; this program knows schema "
        + "\(known). Use the newer program")
  }
}

/// Keeps a program away from a database that became too new for it while it runs, as in a rolling upgrade.
///
/// Each group of writes looks at one row in its own transaction. On an engine where others write meanwhile, it holds the
/// row to its end: a migration that begins waits for it. So nothing is written by the old rules on tables that follow
/// the new ones. Once a group was refused, everything is, without asking the database, until the program is started again.
public final class SchemaGuard: Sendable {
  private let known: Int
  private let state = Mutex((isArmed: false, refusal: StorageError?.none))

  public init(_ migrator: Migrator) { known = migrator.newest }

  /// From now on: the database was migrated, so the row is there.
  public func arm() { state.withLock { $0.isArmed = true } }

  /// Why this program may not go on; nil while it may, as far as it has looked.
  public var refusal: StorageError? { state.withLock { $0.refusal } }

  /// Looks at how things stand, and remembers a refusal.
  public func look(_ transaction: any Transaction) throws -> SchemaStanding {
    let row = try transaction.row(
      "SELECT max(Number) AS Newest, max(CASE WHEN Number = 1 THEN WorksBeside END) AS Oldest FROM tocsin_migration")
    let standing = SchemaStanding(
      schema: try row?.optionalInteger("Newest") ?? 0, oldestProgram: try row?.optionalInteger("Oldest"), known: known)
    try remembering { try standing.refuseIfTooNew() }
    return standing
  }

  /// For engines, at the beginning of each group of writes.
  ///
  /// - Throws: ``StorageError`` with code `newer`.
  package func check(_ transaction: any Transaction) throws {
    guard state.withLock({ $0.isArmed }) else { return }
    let oldest = try transaction.row("SELECT WorksBeside FROM tocsin_migration WHERE Number = 1")?
      .optionalInteger("WorksBeside")
    guard let oldest, oldest > known else { return }
    try remembering { try SchemaStanding(schema: oldest, oldestProgram: oldest, known: known).refuseIfTooNew() }
  }

  /// For engines, before anything else.
  ///
  /// - Throws: ``StorageError`` with code `newer`.
  package func refuseIfKnown() throws { if let refusal { throw refusal } }

  private func remembering(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as StorageError {
      state.withLock { $0.refusal = error }
      throw error
    }
  }
}
