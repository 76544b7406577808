import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Channels
@testable import Tocsin

/// What arrives when the process that sends is killed at the worst moments.
@Suite(.serialized) struct DeliveryCrashTests {
  private let tocsin = Program()

  /// Failure: kill -9 before the network is touched, before the answer is on record, or right after it.
  @Test(arguments: ["beforeSend", "afterSend", "afterStatus"], TestDatabase.all)
  func `No message is lost over 100 kills, and each kill repeats one at most`(
    _ checkpoint: String, _ engine: TestDatabase
  ) async throws {
    // To start a process takes longer there.
    let kills = engine == .sqlite ? 100 : 30
    let place = try await place(engine)
    try await Receivers.with(1) { receivers in
      let incidents = try await incidents(receivers, place)
      // One conversation: one message is under way at a time.
      let posted = try await post(320, of: 1, to: receivers, incidents)
      for _ in 0..<kills {
        let worker = try worker(receivers, place, checkpoint, String(Int.random(in: 1...3)))
        #expect(try await worker.end().status == SIGKILL)
      }
      try await drain(incidents)
      let repeated = try await expectEach(of: posted, receivers, incidents)
      #expect(repeated <= (checkpoint == "afterSend" ? kills : 0))
      let unclear = try await integer("SELECT count(*) FROM tocsin_attempt WHERE Outcome = 'UNCLEAR'", incidents)
      #expect(repeated <= unclear, "every repetition is on record as an unclear attempt")
      print(
        "\(engine), \(checkpoint): \(unclear) attempts cut off by \(kills) kills, \(repeated) messages arrived again")
    }
  }

  /// Failure: kill -9 after the alert was acknowledged, and before anything of it was sent.
  @Test(arguments: TestDatabase.all)
  func `Every alert that is on disk is told, when 100 processes were killed right after the commit`(
    _ engine: TestDatabase
  ) async throws {
    let kills = engine == .sqlite ? 100 : 30
    let place = try await place(engine)
    try await Receivers.with(1) { receivers in
      let incidents = try await incidents(receivers, place)
      try await incidents.setNotifyRule("INCIDENT_CRITICAL", name: "r", channels: "WEBHOOK")
      for number in 0..<kills {
        let ended = try await worker(receivers, place, "alert", "alert-\(number)").end()
        #expect(ended.status == SIGKILL && ended.output == "on disk\n")
      }
      #expect(receivers.arrived.isEmpty)
      try await drain(incidents)
      #expect(receivers.arrived.map(\.title).sorted() == (0..<kills).map { "alert-\($0)" }.sorted())
    }
  }

  /// Failure: two dispatchers on one database, receivers that refuse three of ten, and one dispatcher is killed again and
  /// again.
  @Test(arguments: TestDatabase.all)
  func `Of thousands of messages none is lost or out of order, and a kill repeats only what was under way`(
    _ engine: TestDatabase
  ) async throws {
    let place = try await place(engine)
    let chance = SeededRandom(seed: 7)
    let status: @Sendable () -> Int = { chance.next() % 10 < 3 ? 503 : 200 }
    try await Receivers.with(8, status: status) { receivers in
      let incidents = try await incidents(receivers, place)
      // In a cluster twice as many are sent: see ClusterTests.
      let posted = try await post(engine == .sqlite ? 10_000 : 3_000, of: 200, to: receivers, incidents)
      let steady = try worker(receivers, place, "run")
      let kills = 20
      for _ in 0..<kills {
        let doomed = try worker(receivers, place, "run")
        try await Task.sleep(for: .milliseconds(Int.random(in: 100...600)))
        doomed.signal(SIGKILL)
        _ = try await doomed.end()
      }
      _ = try await eventually("the queue is empty", within: 300) {
        try await integer("SELECT count(*) FROM tocsin_queue", incidents) == 0 ? true : nil
      }
      steady.signal(SIGKILL)
      _ = try await steady.end()
      let repeated = try await expectEach(of: posted, receivers, incidents)
      let unclear = try await integer("SELECT count(*) FROM tocsin_attempt WHERE Outcome = 'UNCLEAR'", incidents)
      #expect(repeated <= unclear && unclear <= kills * 16)
      print(
        "10,000 messages on \(engine): \(kills) kills cut off \(unclear) attempts, \(repeated) messages arrived again")
    }
  }

  // MARK: - Arrange

  private func place(_ engine: TestDatabase) async throws -> String {
    engine == .sqlite ? tocsin.database : try await MariaDBServer.shared().makeDatabase()
  }

  private func incidents(_ receivers: Receivers, _ place: String) async throws -> Incidents {
    try await Incidents.open(
      place, channels: [Webhook(settings: ["url": receivers.url(0), "internal_hosts": "127.0.0.1"])])
  }

  private func worker(_ receivers: Receivers, _ place: String, _ arguments: String...) throws -> RunningProgram {
    try tocsin.start(program: Program.built("TestWorker"), [place, receivers.url(0)] + arguments)
  }

  /// Puts `count` numbered messages in line, of so many incidents, to all receivers in turn. Nothing is sent.
  private func post(_ count: Int, of incidentCount: Int, to receivers: Receivers, _ incidents: Incidents) async throws
    -> [String]
  {
    var opened: [Incident] = []
    for number in 0..<incidentCount {
      opened.append(try await incidents.create(title: "Incident \(number)", severity: .high, package: "TEST"))
    }
    var refs: [String] = []
    for start in stride(from: 0, to: count, by: 500) {
      let all = opened
      refs += try await incidents.database.write { transaction in
        try (start..<min(start + 500, count)).map { number in
          try incidents.post(
            MessageDraft(
              incident: all[number % all.count], channel: "WEBHOOK", target: receivers.url(number / all.count),
              text: { "\(number) [Ref: \($0)]" }, subject: { _ in "" }),
            by: .system, transaction
          ).shortRef
        }
      }
    }
    return refs
  }

  // MARK: - Act

  private func drain(_ incidents: Incidents) async throws {
    _ = try await eventually("everything is sent", within: 60) {
      try await Dispatcher(incidents).runOnce() == 0 ? true : nil
    }
  }

  // MARK: - Assert

  /// Expects that each message arrived, in order, under one id, and is SENT.
  ///
  /// - Returns: how many arrivals were repetitions.
  private func expectEach(of posted: [String], _ receivers: Receivers, _ incidents: Incidents) async throws -> Int {
    let arrived = receivers.arrived
    #expect(Set(arrived.map(\.ref)) == Set(posted))
    #expect(Set(arrived.map { "\($0.ref) \($0.id)" }).count == posted.count, "the id is the same each time")
    for (_, own) in Dictionary(grouping: arrived, by: { "\($0.incident) \($0.receiver)" }) {
      #expect(own.map(\.number) == own.map(\.number).sorted(), "in order")
    }
    let sent = try await integer("SELECT count(*) FROM data_incident_communication WHERE Status = 'SENT'", incidents)
    #expect(sent == posted.count)
    #expect(try await integer("SELECT count(*) FROM tocsin_queue", incidents) == 0)
    #expect(try await incidents.verifyTimeline().firstFault == nil)
    return arrived.count - posted.count
  }

  private func integer(_ sql: String, _ incidents: Incidents) async throws -> Int {
    try await incidents.database.read { try $0.integer(sql) }
  }
}
