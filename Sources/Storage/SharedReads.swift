import Synchronization

/// Gathers short reads that arrive together into one snapshot.
///
/// Getting hold of a connection costs many times what a look at one row does. So while one read is under way the next wait
/// in line, and then share a single one. What each sees was there when it came, or is newer. For lookups of a row or
/// two only: the first waits for the last of its group.
public final class SharedReads: Sendable {
  private struct Job: Sendable {
    let run: @Sendable (any Transaction) -> @Sendable () -> Void
    let fail: @Sendable (any Error) -> Void
  }

  private struct Line {
    var waiting: [Job] = []
    var draining = false
  }

  private static let largestGroup = 256

  private let database: any Database
  private let line = Mutex(Line())

  public init(_ database: any Database) { self.database = database }

  /// - Throws: what `body` throws; ``StorageError`` when the database refuses.
  public func read<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<T, any Error>) in
      submit(
        Job(
          run: { transaction in
            let result = Result { try body(transaction) }
            return { continuation.resume(with: result) }
          },
          fail: { continuation.resume(throwing: $0) }))
    }
  }

  private func submit(_ job: Job) {
    let isFirst = line.withLock { line in
      line.waiting.append(job)
      defer { line.draining = true }
      return !line.draining
    }
    if isFirst { Task { await drain() } }
  }

  private func drain() async {
    while let group = next() {
      do {
        for answer in try await database.read({ transaction in group.map { $0.run(transaction) } }) { answer() }
      } catch {
        for job in group { job.fail(error) }
      }
    }
  }

  private func next() -> [Job]? {
    line.withLock { line in
      let group = Array(line.waiting.prefix(Self.largestGroup))
      line.waiting.removeFirst(group.count)
      line.draining = !group.isEmpty
      return group.isEmpty ? nil : group
    }
  }
}
