import Foundation
import Storage
import TestSupport
import Testing

@testable import Tocsin

@Suite struct OnceTests {
  private func request(
    _ key: String = "key-1", sender: String = "ana", credential: String = "tocsin_secret",
    route: String = "POST /incidents", path: String = "/incidents", body: String = #"{"title":"T","package":"P"}"#
  ) throws -> IdempotentRequest {
    try IdempotentRequest(
      key: key, sender: sender, credential: credential, route: route, path: path, body: Data(body.utf8))
  }

  private func create(_ incidents: Incidents, _ request: IdempotentRequest) async throws -> OnceAnswer {
    try await incidents.once(request, encode: written) {
      try await $0.create(title: "T", severity: .low, package: "P")
    }
  }

  /// Failure: a client that repeats because it got no answer opens the incident twice.
  @Test(arguments: TestDatabase.all)
  func `100 requests with one key at once have one effect, and all get the same answer`(_ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      let request = try request()
      let answers = try await many(100) { _ in try await create(bench.incidents, request) }
      #expect(answers.count == 100 && Set(answers.map(\.answer.body)).count == 1)
      #expect(answers.count { !$0.isReplayed } == 1)
      #expect(try await bench.incidents.list().items.map { try written($0).body } == [answers[0].answer.body])
      #expect(try await bench.integer("SELECT count(*) FROM data_incident_timeline") == 1)
    }
  }

  /// Failure: the same on two servers, which know nothing of each other but the database.
  @Test(arguments: TestDatabase.all)
  func `Requests with one key on several connections have one effect`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let request = try request()
      let others = try await many(4) { _ in try await Incidents.open(bench.path) }
      let answers = try await many(100) { try await create(others[$0 % 4], request) }
      #expect(Set(answers.map(\.answer.body)).count == 1)
      #expect(answers.count { !$0.isReplayed } == 1)
      #expect(try await bench.incidents.list().items.count == 1)
    }
  }

  /// Failure: a call that writes nothing answers each time anew.
  @Test(arguments: TestDatabase.all)
  func `A call without a write answers the same as well`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let request = try request()
      let answers = try await many(20) { _ in
        try await bench.incidents.once(request, encode: written) { try await $0.generateShortRef() }
      }
      #expect(Set(answers.map(\.answer.body)).count == 1)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `The same key with another request is refused; of another sender or route it is another key`(
    _ engine: TestDatabase
  ) async throws {
    try await engine.run { bench in
      let first = try await create(bench.incidents, request())
      let same = try await create(bench.incidents, request(body: "{ \"package\": \"P\",\n\"title\": \"T\" }"))
      #expect(same.answer == first.answer && same.isReplayed)
      for other in [try request(body: #"{"title":"T","package":"Q"}"#), try request(path: "/incidents?x=1")] {
        let failure = await LimitTests.refusal { _ = try await create(bench.incidents, other) }
        #expect(failure?.code == .invalid && failure?.field == "Idempotency-Key")
      }
      #expect(try await bench.incidents.list().items.count == 1)
      for other in [try request(sender: "bob"), try request(route: "POST /other"), try request("key-2")] {
        #expect(try await create(bench.incidents, other).isReplayed == false)
      }
      #expect(try await bench.incidents.list().items.count == 4)
    }
  }

  /// Failure: an error is kept, and the request can never be done.
  @Test(arguments: TestDatabase.all)
  func `What failed can be tried again with the same key`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let request = try request()
      let guid = try await bench.incident(in: .closed).incidentGuid
      func note() async throws -> OnceAnswer {
        try await bench.incidents.once(request, encode: written) {
          try await $0.updateStatus(guid, to: .monitoring)
        }
      }
      for _ in 0..<3 { #expect(await LimitTests.refusal { _ = try await note() }?.code == .conflict) }
      #expect(try await bench.integer("SELECT count(*) FROM tocsin_idempotency") == 0)
      try await bench.incidents.updateStatus(guid, to: .investigating)
      #expect(try await note().isReplayed == false)
      #expect(try await note().isReplayed)
    }
  }

  /// Failure: what cannot be written down leaves an effect that is done again by the repetition.
  @Test(arguments: TestDatabase.all)
  func `Without an answer there is no effect`(_ engine: TestDatabase) async throws {
    struct Unwritable: Error {}
    try await engine.run { bench in
      let request = try request()
      await #expect(throws: Unwritable.self) {
        _ = try await bench.incidents.once(request, encode: { (_: Incident) in throw Unwritable() }) {
          try await $0.create(title: "T", severity: .low, package: "P")
        }
      }
      #expect(try await bench.incidents.list().items.isEmpty)
      #expect(try await create(bench.incidents, request).isReplayed == false)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `An answer is kept for a day, and old ones are removed in small steps`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      for number in 0..<25 {
        _ = try await create(bench.incidents, request("old-\(number)"))
        bench.clock.advance(by: 0.001)
      }
      bench.clock.advance(by: 86_398.9)
      #expect(try await create(bench.incidents, request("old-24")).isReplayed)
      bench.clock.advance(by: 2)
      // The one that comes again, and ten others.
      #expect(try await create(bench.incidents, request("old-24")).isReplayed == false)
      #expect(try await bench.integer("SELECT count(*) FROM tocsin_idempotency") == 15)
      for number in 0..<2 { _ = try await create(bench.incidents, request("new-\(number)")) }
      #expect(try await bench.integer("SELECT count(*) FROM tocsin_idempotency") == 3)
      #expect(try await bench.incidents.list().items.count == 28)
    }
  }

  /// Failure: whoever gets hold of the database file reads a new token's secret in it.
  @Test(arguments: TestDatabase.all)
  func `An answer is for its sender only: nothing of it can be read in the database`(_ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      let (planted, key) = ("tocsin_PLANTED_SECRET_0123456789", "KEY_OF_THE_SENDER")
      let request = try request(key, body: planted)
      let answer = try await bench.incidents.once(request, encode: written) { incidents in
        try await incidents.create(title: "T", severity: .low, package: "P")
        return planted
      }
      #expect(answer.answer.body.contains(planted))
      let bytes = try await bench.storedBytes()
      for secret in [planted, key, "tocsin_secret", Data(planted.utf8).base64EncodedString()] {
        #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(secret)")
      }
      let stranger = try self.request(key, credential: "tocsin_other", body: planted)
      let failure = await LimitTests.refusal { _ = try await create(bench.incidents, stranger) }
      #expect(failure?.code == .conflict && failure?.message.contains("another credential") == true)
      #expect(try await bench.incidents.list().items.count == 1)
    }
  }

  /// Failure: a row of one request is copied over another's, and answers it.
  @Test(arguments: TestDatabase.all)
  func `A row that was tampered with answers nothing`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let (first, second) = (try request("first"), try request("second"))
      _ = try await create(bench.incidents, first)
      _ = try await create(bench.incidents, second)
      try await bench.tamper(
        "UPDATE tocsin_idempotency SET Sealed = (SELECT Sealed FROM tocsin_idempotency WHERE RequestId = ?)",
        [.text(first.id)])
      #expect(try await create(bench.incidents, first).isReplayed)
      #expect(await LimitTests.refusal { _ = try await create(bench.incidents, second) }?.code == .conflict)
    }
  }

  @Test(arguments: ["", "a b", "ä", "a\u{0}", "a\n", "\u{7F}", String(repeating: "k", count: 256)])
  func `A key that is none is refused`(_ key: String) async throws {
    #expect(await LimitTests.refusal { _ = try request(key) }?.field == "Idempotency-Key")
    _ = try request(String(repeating: "k", count: 255))
  }
}

/// As the server writes an answer, more or less.
@Sendable func written(_ value: some Encodable) throws -> StoredAnswer {
  StoredAnswer(status: 201, headers: ["content-type": "application/json"], body: try JSON.encode(value))
}

/// Does `body` so many times at once.
func many<T: Sendable>(_ count: Int, _ body: @escaping @Sendable (Int) async throws -> T) async throws -> [T] {
  try await withThrowingTaskGroup(of: T.self) { group in
    for number in 0..<count { group.addTask { try await body(number) } }
    return try await group.reduce(into: []) { $0.append($1) }
  }
}
