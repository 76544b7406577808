import Foundation
import TestSupport
import Testing

/// Three Galera nodes, three servers and a proxy, as `bin/cluster` starts them. One after the other, since each test breaks
/// something.
@Suite(.serialized) struct ClusterTests {}

extension Cluster {
  private static let sharing = Task { try await Cluster() }

  /// The one that all tests here use. It ends with them.
  static func shared() async throws -> Cluster { try await sharing.value }

  /// A client's own view of one column, at a node.
  func column(_ query: String, at node: Int) async throws -> [String] {
    try await sql(query, at: node).split(separator: "\n").map(String.init)
  }

  /// Waits until all nodes hold the same rows of what matters. One that has just come back may not know yet that it was
  /// away, and asks the others before it answers.
  func expectAlike() async throws {
    let tables = ["data_incident", "data_alert", "data_incident_timeline", "data_incident_communication"]
    let counts = tables.map { "(SELECT count(*) FROM \($0))" }.joined(separator: ", ")
    _ = try await eventually("all nodes have the same rows", within: 60) { () -> Bool? in
      var answers: Set<String> = []
      for node in Cluster.numbers {
        guard let answer = try? await sql("SET SESSION wsrep_sync_wait = 1; SELECT \(counts)", at: node) else {
          return nil
        }
        answers.insert(answer)
      }
      return answers.count == 1 ? true : nil
    }
  }
}
