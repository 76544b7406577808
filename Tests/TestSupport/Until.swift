import Testing

/// Waits until `condition` holds; records a failure after `seconds`.
public func until(
  seconds: Double = 20, sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
) async throws {
  let deadline = ContinuousClock.now + .seconds(seconds)
  while ContinuousClock.now < deadline {
    if try await condition() { return }
    try await Task.sleep(for: .milliseconds(10))
  }
  Issue.record("it did not happen within \(seconds) seconds", sourceLocation: sourceLocation)
}
