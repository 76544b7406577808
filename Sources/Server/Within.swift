import Tocsin

/// What `work` answers, if it does so in time. Work that comes too late ends by itself, unheard.
///
/// - Throws: ``Failure`` with code `unavailable` when time is over; what `work` throws.
func within<Value: Sendable>(
  _ limit: Duration, _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  let (answers, answer) = AsyncThrowingStream.makeStream(of: Value.self)
  let timer = Task {
    try await Task.sleep(for: limit)
    answer.finish(throwing: Failure(.unavailable, "the database does not answer in time"))
  }
  defer { timer.cancel() }
  Task {
    do {
      answer.yield(try await work())
      answer.finish()
    } catch {
      answer.finish(throwing: error)
    }
  }
  for try await value in answers { return value }
  throw CancellationError()
}
