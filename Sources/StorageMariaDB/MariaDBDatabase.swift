import CMariaDB
import Foundation
import Storage
import Synchronization

/// A ``Database`` on MariaDB 10.6 or newer, alone or as a Galera cluster, by Debian's libmariadb, which is loaded at run
/// time.
///
/// Any number of processes may use it. Writes of one process that arrive together share a commit, at isolation level
/// SERIALIZABLE; reads see a consistent snapshot. Connections open when they are needed, so that a server may come later
/// or go away for a while.
public final class MariaDBDatabase: Database {
  public let address: MariaDBAddress
  private let writer: Writer
  private let line: WriteLine
  private let readers: MariaDBReaders
  private let ambience: Ambience
  private let schemaGuard: SchemaGuard?

  public var dialect: Dialect { .mariadb }
  public var now: @Sendable () -> Date { ambience.now }

  /// - Parameter schemaGuard: refuses what this program is too old for.
  /// - Throws: ``StorageError`` with code `cannotOpen` when libmariadb is missing. Nobody is asked yet.
  public init(
    _ address: MariaDBAddress, limits: MariaDBLimits = MariaDBLimits(), ambience: Ambience = Ambience(),
    schemaGuard: SchemaGuard? = nil
  ) throws {
    if let fault = cmariadb_load("libmariadb.so.3") { throw StorageError(.cannotOpen, String(cString: fault)) }
    let hosts = MariaDBHosts(address, limits)
    let writer = Writer(MariaDBWriter(hosts, limits, ambience, schemaGuard))
    self.address = address
    self.ambience = ambience
    self.schemaGuard = schemaGuard
    self.writer = writer
    line = WriteLine { writer.commit($0) }
    readers = MariaDBReaders(hosts, limits, ambience)
  }

  public func read<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
    try schemaGuard?.refuseIfKnown()
    return try await readers.read(body)
  }

  public func write<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
    try schemaGuard?.refuseIfKnown()
    return try await line.write(body)
  }
}

private final class Writer: Sendable {
  private let state: Mutex<MariaDBWriter>

  init(_ writer: sending MariaDBWriter) { state = Mutex(writer) }

  func commit(_ group: [WriteLine.Job]) -> [WriteLine.Outcome] {
    let start = ContinuousClock.now
    do {
      let outcomes = try state.withLock { try $0.commit(group) }
      CommitMetrics.record(writes: group.count, duration: ContinuousClock.now - start)
      return outcomes
    } catch {
      return group.map { _ in .failure(error) }
    }
  }
}
