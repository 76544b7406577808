import Foundation
import Tocsin

/// Requests with a key, as a server does them.
struct Once {
  let incidents: Incidents
  let key: String

  func run(_ arguments: [String]) async throws {
    switch arguments[2] {
    case "once":
      let answers = try await withThrowingTaskGroup(of: String.self) { group in
        for _ in 0..<(Int(arguments[4]) ?? 1) { group.addTask { try await create { _ in } } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      try FileHandle.standardOutput.write(contentsOf: Data((answers.joined(separator: "\n") + "\n").utf8))
    case "once-die":
      _ = try await create { _ in TestWorker.die() }
    default:
      // No answer comes from where the messages go to.
      Task {
        while try await incidents.communications(of: arguments[4]).isEmpty { await Task.yield() }
        TestWorker.die()
      }
      _ = try await incidents.once(request, encode: encode) {
        try await $0.notify(arguments[4], notifyCode: "R")
      }
      try await Task.sleep(for: .seconds(60))
    }
  }

  private func create(_ then: @Sendable (Incident) -> Void) async throws -> String {
    try await incidents.once(request, encode: encode) { incidents in
      let incident = try await incidents.create(title: key, severity: .low, package: "P")
      then(incident)
      return incident
    }.answer.body
  }

  private var request: IdempotentRequest {
    get throws {
      try IdempotentRequest(
        key: key, sender: "ana", credential: "secret", route: "POST /x", path: "/x", body: Data())
    }
  }

  @Sendable private func encode(_ value: some Encodable) throws -> StoredAnswer {
    StoredAnswer(status: 201, headers: [:], body: try JSON.encode(value))
  }
}
