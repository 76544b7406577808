import Foundation
import TestSupport
import Testing

@testable import Tocsin

/// Requests with a key, while processes are killed, and across processes.
@Suite(.serialized) struct IdempotencyCrashTests {
  private let tocsin = Program()

  private func worker(_ arguments: String...) throws -> RunningProgram {
    // Nobody answers at this address.
    try tocsin.start(program: Program.built("TestWorker"), [tocsin.database, "http://127.0.0.1:9"] + arguments)
  }

  private func incidents() async throws -> Incidents { try await Incidents.open(tocsin.database) }

  private func again(_ key: String) async throws -> (guid: String, isReplayed: Bool) {
    let request = try IdempotentRequest(
      key: key, sender: "ana", credential: "secret", route: "POST /x", path: "/x", body: Data())
    let once = try await incidents().once(request, encode: encode) {
      try await $0.create(title: key, severity: .low, package: "P")
    }
    return (try JSON.decode(Incident.self, from: Data(once.answer.body.utf8)).incidentGuid, once.isReplayed)
  }

  @Sendable private func encode(_ value: some Encodable) throws -> StoredAnswer {
    StoredAnswer(status: 201, headers: [:], body: try JSON.encode(value))
  }

  /// Failure: the server dies between the commit and the answer, and the client's repetition is done a second time.
  @Test func `50 processes killed after the commit: the repetition has the answer, and one effect`() async throws {
    for round in 0..<50 {
      let ended = try await worker("once-die", "key-\(round)").end()
      #expect(ended.status == SIGKILL)
      let (guid, isReplayed) = try await again("key-\(round)")
      #expect(isReplayed)
      let titled = try await incidents().list().items.filter { $0.title == "key-\(round)" }
      #expect(titled.map(\.incidentGuid) == [guid])
    }
    #expect(try await incidents().verifyTimeline().firstFault == nil)
  }

  /// Failure: the same at any other moment.
  @Test func `50 processes killed at any moment: one effect for each key`() async throws {
    _ = try await incidents()
    var done = 0
    for round in 0..<50 {
      let doomed = try worker("once", "key-\(round)", "4")
      try await Task.sleep(for: .milliseconds(Int.random(in: 5...120)))
      doomed.signal(SIGKILL)
      _ = try await doomed.end()
      done += try await again("key-\(round)").isReplayed ? 1 : 0
    }
    let titles = try await incidents().database.read { try $0.rows("SELECT Title FROM data_incident").count }
    #expect(titles == 50)
    print("50 kills at any moment: \(done) came after the commit")
  }

  /// Failure: people are told again because the server died while it told them.
  @Test func `A notification whose server was killed is answered by how things stood, and not sent again`() async throws
  {
    let incidents = try await incidents()
    try await incidents.setNotifyRule("R", name: "r", channels: "WEBHOOK")
    for round in 0..<20 {
      let guid = try await incidents.create(title: "T", severity: .low, package: "P").incidentGuid
      #expect(try await worker("notify-die", "key-\(round)", guid).end().status == SIGKILL)
      let request = try IdempotentRequest(
        key: "key-\(round)", sender: "ana", credential: "secret", route: "POST /x", path: "/x", body: Data())
      let once = try await incidents.once(request, encode: encode) { try await $0.notify(guid, notifyCode: "R") }
      #expect(once.isReplayed)
      #expect(try JSON.decode(NotifyOutcome.self, from: Data(once.answer.body.utf8)).communications.count == 1)
      #expect(try await incidents.communications(of: guid).count == 1)
    }
  }

  /// Failure: two servers on one database do the same request both.
  @Test func `The same key 100 times at once over four processes: one effect, one answer`() async throws {
    _ = try await incidents()
    let workers = try (0..<4).map { _ in try worker("once", "key", "25") }
    var answers: [String] = []
    for worker in workers {
      let ended = try await worker.end()
      #expect(ended.status == 0, "\(ended.talk)")
      answers += ended.output.split(separator: "\n").map(String.init)
    }
    #expect(answers.count == 100 && Set(answers).count == 1)
    #expect(try await incidents().list().items.count == 1)
  }
}
