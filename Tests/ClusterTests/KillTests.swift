import Foundation
import TestSupport
import Testing
import Tocsin

extension ClusterTests {
  /// What is acknowledged while parts of the cluster die.
  @Suite(.serialized) struct KillTests {
    /// Failure: kill -9 of the node that all servers write to, twenty times, each node in turn.
    @Test func `No acknowledged alert and no message of one is lost over 20 kills of the node that is written to`()
      async throws
    {
      let cluster = try await Cluster.shared()
      let receiver = cluster.receiver
      try await cluster.tellCritical()
      let load = Load(cluster.proxy, token: cluster.token)
      var gaps: [Duration] = []
      try await load.run {
        for round in 0..<20 {
          let node = try await cluster.writtenNode()
          _ = load.longestGap()
          let before = load.acknowledged.count
          try await cluster.kill(.node(node))
          _ = try await eventually("alerts are taken after kill \(round)", within: 60) {
            load.acknowledged.count > before + 20 ? true : nil
          }
          gaps.append(load.longestGap())
          try await cluster.start(.node(node))
        }
      }
      try await cluster.expectKept(load, receiver)
      print("20 kills of the node written to: \(load.acknowledged.count) alerts taken, answers \(load.answers)")
      print("after a kill nothing was taken for \(gaps.sorted()[10]), \(gaps.max()!) at most")
    }

    /// Failure: kill -9 of a server, fifty times, any of the three.
    @Test func `No acknowledged alert and no message of one is lost over 50 kills of servers`() async throws {
      let cluster = try await Cluster.shared()
      let receiver = cluster.receiver
      try await cluster.tellCritical()
      let load = Load(cluster.proxy, token: cluster.token)
      try await load.run {
        for round in 0..<50 {
          let server = round % 3 + 1
          try await Task.sleep(for: .milliseconds(Int.random(in: 50...400)))
          try await cluster.kill(.server(server))
          try await cluster.start(.server(server))
        }
      }
      let repeated = try await cluster.expectKept(load, receiver)
      print(
        "50 kills of servers: \(load.acknowledged.count) alerts taken, answers \(load.answers), \(repeated) repeated")
    }

    /// Failure: a machine is there, and says nothing: no power, or a disk that hangs.
    @Test func `When the node that is written to falls silent, the servers go to another`() async throws {
      let cluster = try await Cluster.shared()
      let receiver = cluster.receiver
      try await cluster.tellCritical()
      let load = Load(cluster.proxy, token: cluster.token)
      let node = try await cluster.writtenNode()
      try await load.run {
        _ = try await eventually("alerts are taken") { load.acknowledged.count > 100 ? true : nil }
        _ = load.longestGap()
        try await cluster.hang(.node(node))
        _ = try await eventually("alerts are taken again", within: 90) {
          load.acknowledged.count > 150 ? true : nil
        }
        print("a silent node: nothing was taken for \(load.longestGap()), answers \(load.answers)")
      }
      try await cluster.wake(.node(node))
      try await cluster.expectKept(load, receiver)
    }

    /// Failure: each server stays where it was driven to, at a node of its own, until somebody restarts it.
    @Test func `When the first node is back all servers return to it, and refuse nothing for it`() async throws {
      let cluster = try await Cluster.shared()
      let receiver = cluster.receiver
      try await cluster.tellCritical()
      let load = Load(cluster.proxy, token: cluster.token)
      try await load.run {
        try await cluster.kill(.node(1))
        _ = try await eventually("alerts are taken", within: 60) { load.acknowledged.count > 100 ? true : nil }
        try await cluster.start(.node(1))
        let before = load.answers
        _ = try await eventually("nobody works at another node", within: 150) { () -> Bool? in
          try await Task.sleep(for: .seconds(1))
          // Connections that nobody needs stay where they are.
          for node in [2, 3] where try await cluster.connections(at: node, usedWithin: 5) > 0 { return nil }
          return true
        }
        #expect(try await cluster.connections(at: 1, usedWithin: 5) >= 3)
        let refused = load.answers.filter { $0.key != 200 && $0.value != before[$0.key] }
        #expect(refused.isEmpty, "\(refused)")
      }
      try await cluster.expectKept(load, receiver)
    }

    /// Failure: what everybody does to keep a cluster up to date breaks what people send meanwhile.
    @Test func `Nodes and servers that are restarted one by one refuse nothing`() async throws {
      let cluster = try await Cluster.shared()
      let receiver = cluster.receiver
      try await cluster.tellCritical()
      let load = Load(cluster.proxy, token: cluster.token)
      try await load.run {
        for number in Cluster.numbers {
          try await cluster.stop(.node(number))
          try await cluster.start(.node(number))
        }
        for number in Cluster.numbers {
          try await cluster.stop(.server(number))
          try await cluster.start(.server(number))
        }
      }
      #expect(Array(load.answers.keys) == [200], "\(load.answers)")
      try await cluster.expectKept(load, receiver)
    }
  }
}

extension Cluster {
  /// Every CRITICAL alert goes to the receiver.
  func tellCritical() async throws {
    let incidents = try await Incidents.open(database(at: 1))
    try await incidents.setNotifyRule("INCIDENT_CRITICAL", name: "Critical", channels: "WEBHOOK")
  }

  /// How many connections servers have to a node that were used in the last seconds.
  func connections(at node: Int, usedWithin seconds: Int = 1_000_000) async throws -> Int {
    let query =
      "SELECT count(*) FROM information_schema.processlist WHERE user = 'tocsin' AND time <= \(seconds)"
    return Int(try await sql(query, at: node).filter(\.isNumber)) ?? 0
  }

  /// The node that the servers' writers are connected to.
  func writtenNode() async throws -> Int {
    try await eventually("some node is written to", within: 30) {
      for node in Cluster.numbers {
        if let count = try? await connections(at: node), count >= 3 { return node }
      }
      return nil
    }
  }

  /// Expects that every alert that was acknowledged is on record, once, on all nodes, and that the receiver was told of it.
  ///
  /// - Returns: how many messages came more than once.
  @discardableResult
  func expectKept(_ load: Load, _ receiver: HTTPReceiver) async throws -> Int {
    #expect(load.acknowledged.count > 100, "too few alerts were taken for this to show anything")
    // A lease, and five seconds.
    _ = try await eventually("everything that was taken is told", within: 95) {
      (try? await sql("SELECT count(*) FROM tocsin_queue", at: 1)) == "0\n" ? true : nil
    }
    try await expectAlike()
    let kept = try await column("SELECT DedupKey FROM data_alert WHERE DedupKey LIKE '\(load.prefix)%'", at: 1)
    #expect(load.acknowledged.subtracting(kept) == [], "acknowledged and lost")
    #expect(Set(kept).count == kept.count)
    let repeated = try await expectTold(load, receiver)
    let verdict = try await Incidents.open(database(at: 2)).verifyTimeline()
    #expect(verdict.firstFault == nil, "\(String(describing: verdict.firstFault))")
    return repeated
  }

  /// A message may tell of several incidents, when many come at once; then it has the reference of each.
  private func expectTold(_ load: Load, _ receiver: HTTPReceiver) async throws -> Int {
    let rows = try await column(
      """
      SELECT DedupKey, ShortRef FROM data_alert JOIN data_incident_alert USING (AlertGuid)
        JOIN data_incident_communication AS sent USING (IncidentGuid)
      WHERE DedupKey LIKE '\(load.prefix)%' AND sent.Status = 'SENT'
      """, at: 1
    ).map { $0.split(separator: "\t").map(String.init) }
    let bodies = receiver.requests.map { String(decoding: $0.body, as: UTF8.self) }
    let seen = Set(bodies.flatMap { $0.matches(of: /REF-\d{8}-[A-Z0-9]+/).map { String($0.output) } })
    let told = Set(rows.filter { seen.contains($0[1]) }.map { $0[0] })
    #expect(load.acknowledged.subtracting(told) == [], "acknowledged, and nobody was told")
    let ids = receiver.requests.compactMap { $0.headers["webhook-id"] }
    return ids.count - Set(ids).count
  }
}
