import Foundation
import TestSupport
import Testing
import Tocsin

extension ClusterTests {
  /// What is acknowledged while parts of the cluster do not hear each other.
  @Suite(.serialized) struct PartitionTests {
    /// Failure: one node and one server are cut off from the others for a minute, and both sides go on for themselves.
    @Test func `In a partition of 60 s the minority takes and sends nothing, and is back within 30 s of its end`()
      async throws
    {
      let cluster = try await Cluster.shared()
      let receiver = cluster.receiver
      try await cluster.tellCritical()
      let majority = Load(cluster.proxy, token: cluster.token)
      let minority = Load(cluster.server(3), token: cluster.token)
      // On the side of the majority from the beginning, so that nobody has to notice first.
      let node = 3
      try await cluster.isolate(node: node)
      for other in [1, 2] { try await cluster.cut(server: 3, fromNode: other) }
      // What was on its way is over.
      try await Task.sleep(for: .seconds(6))
      let sent = receiver.requests.count { $0.uri == "/from/3" }
      try await majority.run(senders: 4) {
        try await minority.run(senders: 4) { try await Task.sleep(for: .seconds(60)) }
      }
      #expect(minority.acknowledged == [])
      #expect(minority.answers[503, default: 0] > 10 && minority.withoutRetryAfter == 0, "\(minority.answers)")
      #expect(receiver.requests.count { $0.uri == "/from/3" } == sent, "the minority sent something")
      #expect(majority.acknowledged.count > 500, "\(majority.answers)")

      try await cluster.join(node: node)
      for other in [1, 2] { try await cluster.mend(server: 3, toNode: other) }
      let healed = ContinuousClock.now
      try await minority.run(senders: 1) {
        _ = try await eventually("the minority takes alerts", within: 30) {
          minority.acknowledged.count > 3 ? true : nil
        }
      }
      print("partition: majority \(majority.answers), minority \(minority.answers), ", terminator: "")
      print("healed \(ContinuousClock.now - healed) after its end")
      try await cluster.expectKept(majority, receiver)
    }

    /// Failure: the database is away for a minute, for all servers.
    @Test func `While the database is away for 60 s every sender is told to come back, and 10 s later all is well`()
      async throws
    {
      let cluster = try await Cluster.shared()
      let receiver = cluster.receiver
      try await cluster.tellCritical()
      let loads = Cluster.numbers.map { Load(cluster.server($0), token: cluster.token) }
      let before = Load(cluster.server(1), token: cluster.token)
      try await before.run(pause: .zero) {
        _ = try await eventually("alerts are taken") { before.acknowledged.count > 100 ? true : nil }
        for server in Cluster.numbers {
          for node in Cluster.numbers { try await cluster.cut(server: server, fromNode: node) }
        }
      }
      try await loads[0].run(senders: 3) {
        try await loads[1].run(senders: 3) {
          try await loads[2].run(senders: 3) { try await Task.sleep(for: .seconds(60)) }
        }
      }
      for load in loads {
        #expect(load.acknowledged == [])
        #expect(load.answers[503, default: 0] > 10 && load.withoutRetryAfter == 0, "\(load.answers)")
        #expect(load.answers.keys.allSatisfy { $0 == 503 }, "\(load.answers)")
      }
      for server in Cluster.numbers {
        for node in Cluster.numbers { try await cluster.mend(server: server, toNode: node) }
      }
      let back = ContinuousClock.now
      for load in loads {
        try await load.run(senders: 1) {
          _ = try await eventually("alerts are taken again", within: 10) {
            load.acknowledged.count > 3 ? true : nil
          }
        }
      }
      print("the database away for 60 s: \(loads[0].answers), all servers back after \(ContinuousClock.now - back)")
      try await cluster.expectKept(before, receiver)
    }
  }
}
