import Dispatch
import Storage
import Synchronization

/// Connections that read, each on a thread of its own: the calls block. They open when they are needed, and again after
/// the server went away.
final class MariaDBReaders: Sendable {
  private struct Job: Sendable {
    let run: @Sendable (Reader) -> Void
    let refuse: @Sendable (StorageError) -> Void
  }

  private struct Line {
    var idle: [Reader] = []
    var readers = 0
    var waiting: [Job] = []
  }

  private enum Turn {
    case now(Reader)
    case later, never
  }

  private static let longestLine = 20_000

  private let hosts: MariaDBHosts
  private let limits: MariaDBLimits
  private let ambience: Ambience
  private let line = Mutex(Line())

  init(_ hosts: MariaDBHosts, _ limits: MariaDBLimits, _ ambience: Ambience) {
    self.hosts = hosts
    self.limits = limits
    self.ambience = ambience
  }

  func read<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<T, any Error>) in
      submit(
        Job(
          run: { reader in continuation.resume(with: Result { try reader.read(body) }) },
          refuse: { continuation.resume(throwing: $0) }))
    }
  }

  private func submit(_ job: Job) {
    let turn: Turn = line.withLock { line in
      if let reader = line.idle.popLast() { return .now(reader) }
      if line.readers < limits.readers {
        line.readers += 1
        return .now(Reader(hosts, limits, ambience))
      }
      guard line.waiting.count < Self.longestLine else { return .never }
      line.waiting.append(job)
      return .later
    }
    switch turn {
    case .now(let reader): reader.queue.async { self.work(reader, job) }
    case .later: break
    case .never: job.refuse(StorageError(.busy, "the database is busy: too many reads are waiting. Try again"))
    }
  }

  private func work(_ reader: Reader, _ first: Job) {
    var job: Job? = first
    while let current = job {
      current.run(reader)
      job = line.withLock { line in
        if line.waiting.isEmpty {
          line.idle.append(reader)
          return nil
        }
        return line.waiting.removeFirst()
      }
    }
  }
}

/// One of them. It is touched on its own queue only.
private final class Reader: @unchecked Sendable {
  let queue = DispatchQueue(label: "tocsin.read", qos: .userInitiated)
  private let hosts: MariaDBHosts
  private let limits: MariaDBLimits
  private let ambience: Ambience
  private var connection: MariaDBConnection?

  init(_ hosts: MariaDBHosts, _ limits: MariaDBLimits, _ ambience: Ambience) {
    self.hosts = hosts
    self.limits = limits
    self.ambience = ambience
  }

  /// - Throws: what `body` throws; ``StorageError`` when the server stays away.
  func read<T>(_ body: (any Transaction) throws -> T) throws -> T {
    var pauses = Pauses(limits.tries)
    while true {
      let wasOpen = connection != nil
      do {
        return try attempt(body)
      } catch let fault as MariaDBFault {
        let host = connection?.host
        connection = nil
        guard fault.isWorthAnotherTry, pauses.goOn() else { throw StorageError(fault) }
        CommitMetrics.count(fault.isConflict ? CommitMetrics.Reason.conflict : .connection)
        if wasOpen, fault.leavesServer { continue }  // It may have been closed long ago, for being idle.
        if let host, fault.leavesServer { hosts.leave(host) }
        pauses.pause()
      }
    }
  }

  private func attempt<T>(_ body: (any Transaction) throws -> T) throws -> T {
    let connection = try self.connection ?? hosts.connect(.reading)
    self.connection = connection
    try connection.run("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
    let state = MariaDBTransaction.State()
    let result = Result {
      try body(
        MariaDBTransaction(
          connection: connection, now: ambience.now(), chance: ambience.random, state: state, mayChangeSchema: false))
    }
    if let lost = state.lost { throw lost }
    try connection.run("COMMIT")
    return try result.get()
  }
}
