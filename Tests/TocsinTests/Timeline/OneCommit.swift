import Foundation
import Storage
import TestSupport

extension TestBench {
  /// Runs changes in this order in one commit: they come while another is under way. Returns each one's error.
  func inOneCommit(_ changes: [@Sendable (any Transaction) throws -> Void]) async throws -> [(any Error)?] {
    let database = incidents.database
    let first = Task {
      try await database.write { _ in Thread.sleep(forTimeInterval: 0.1 + 0.03 * Double(changes.count)) }
    }
    try await Task.sleep(for: .milliseconds(20))
    var waiting: [Task<(any Error)?, Never>] = []
    for change in changes {
      waiting.append(
        Task {
          do { try await database.write(change) } catch { return error }
          return nil
        })
      try await Task.sleep(for: .milliseconds(20))
    }
    try await first.value
    var outcomes: [(any Error)?] = []
    for task in waiting { outcomes.append(await task.value) }
    return outcomes
  }
}
