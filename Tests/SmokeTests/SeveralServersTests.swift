import Foundation
import StorageMariaDB
import TestSupport
import Testing

/// What people expect of several servers on one database: that it does not matter whom they ask.
@Suite(.serialized) struct SeveralServersTests {
  private static let incident = #"{"title": "TITLE", "severity": "LOW", "package": "P"}"#

  private func body(_ title: String) -> String { Self.incident.replacing("TITLE", with: title) }

  private func titles(_ servers: Servers) async throws -> [String] {
    let page = try await servers.send(0, "GET", "/api/v1/incidents?limit=200")
    return (page.object["items"] as? [[String: Any]] ?? []).compactMap { $0["title"] as? String }
  }

  /// Failure: a client asks the next server because the first was slow, and the call is done twice.
  @Test(arguments: TestDatabase.all)
  func `The same key sent to three servers at once has one effect, and all get one answer`(
    _ engine: TestDatabase
  ) async throws {
    let servers = try await Servers(3, on: engine)
    for round in 0..<20 {
      let answers = try await withThrowingTaskGroup(of: Servers.Answer.self) { group in
        for number in 0..<6 {
          group.addTask {
            try await servers.send(
              number, "POST", "/api/v1/incidents", body("r\(round)"), ["idempotency-key": "k\(round)"])
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(answers.allSatisfy { $0.status == 201 }, "\(answers.map(\.text))")
      #expect(Set(answers.map(\.text)).count == 1)
      #expect(answers.count { $0.headers.first(name: "idempotency-replayed") == "true" } == 5)
    }
    #expect(try await titles(servers).sorted() == (0..<20).map { "r\($0)" }.sorted())
    _ = try await servers.stop()
  }

  /// Failure: a server dies while it does what it was asked, and the next one does it a second time, or never.
  @Test(arguments: TestDatabase.all)
  func `A key whose server was killed in the middle is done once by another`(_ engine: TestDatabase) async throws {
    var servers = try await Servers(2, on: engine)
    var kept = 0
    for round in 0..<12 {
      let (doomed, key) = (servers[0], ["idempotency-key": "k\(round)"])
      let (token, text) = (servers.token, body("r\(round)"))
      async let lost = try? await Servers.send(doomed.url, "POST", "/api/v1/incidents", text, token: token, key)
      try await Task.sleep(for: .milliseconds(Int.random(in: 0...15)))
      try await servers.replace(0)
      let first = await lost
      let again = try await servers.send(1, "POST", "/api/v1/incidents", text, key)
      #expect(again.status == 201, "\(again.text)")
      if again.headers.first(name: "idempotency-replayed") == "true" { kept += 1 }
      if let first, first.status == 201 { #expect(first.text == again.text) }
    }
    #expect(try await titles(servers).sorted() == (0..<12).map { "r\($0)" }.sorted())
    print("\(engine): of 12 requests whose server was killed, \(kept) had been kept")
    _ = try await servers.stop()
  }

  /// Failure: a server remembers who may come in, and goes on letting in who may not any more.
  @Test(arguments: TestDatabase.all)
  func `Tokens and sessions of one server hold at another, and end there at once`(_ engine: TestDatabase) async throws {
    let servers = try await Servers(2, on: engine)
    for round in 0..<5 {
      let made = try await servers.send(0, "POST", "/api/v1/tokens", #"{"name": "n\#(round)", "role": "viewer"}"#)
      let secret = try #require(made.object["secret"] as? String, "\(made.text)")
      #expect(try await servers.send(1, "GET", "/api/v1/incidents", token: secret).status == 200)
      #expect(try await servers.send(0, "DELETE", "/api/v1/tokens/n\(round)").status < 300)
      #expect(try await servers.send(1, "GET", "/api/v1/incidents", token: secret).status == 401)
    }
    let password = "correct horse battery"
    #expect(
      try await servers.tocsin.run(
        "create-user", "--name", "ana", "--role", "admin", "--password-file", "-", input: password + "\n"
      ).status == 0)
    let signedIn = try await servers.send(
      0, "POST", "/api/v1/session", #"{"name": "ana", "password": "\#(password)"}"#, token: "")
    #expect(signedIn.status == 201, "\(signedIn.text)")
    let cookie = String(try #require(signedIn.headers.first(name: "set-cookie")).prefix { $0 != ";" })
    let csrf = try #require(signedIn.object["csrf_token"] as? String)
    #expect(try await servers.send(1, "GET", "/api/v1/incidents", token: "", ["cookie": cookie]).status == 200)
    // Signed out at the other one.
    let out = try await servers.send(
      1, "DELETE", "/api/v1/session", token: "", ["cookie": cookie, "x-csrf-token": csrf])
    #expect(out.status == 204, "\(out.text)")
    #expect(try await servers.send(0, "GET", "/api/v1/incidents", token: "", ["cookie": cookie]).status == 401)
    _ = try await servers.stop()
  }

  /// Failure: whoever guesses passwords has as many tries at each server.
  @Test(arguments: TestDatabase.all)
  func `Wrong passwords count together, whichever server was asked`(_ engine: TestDatabase) async throws {
    let servers = try await Servers(2, on: engine)
    _ = try await servers.tocsin.run(
      "create-user", "--name", "ana", "--role", "admin", "--password-file", "-", input: "correct horse battery\n")
    var statuses: [Int] = []
    for number in 0..<12 {
      statuses.append(
        try await servers.send(
          number, "POST", "/api/v1/session", #"{"name": "ana", "password": "wrong \#(number)"}"#, token: ""
        ).status)
    }
    #expect(statuses == Array(repeating: 401, count: 10) + [429, 429])
    _ = try await servers.stop()
  }

  /// Failure: a silence holds at the server where it was made, and the other one wakes people.
  @Test(arguments: TestDatabase.all)
  func `A silence made or ended at one server holds or ends at another at once`(_ engine: TestDatabase) async throws {
    let servers = try await Servers(2, on: engine)
    func opened() async throws -> Int { try await titles(servers).count }
    #expect(try await servers.sender(1).send("before") == 200)
    #expect(try await opened() == 1)
    let ends = ISO8601DateFormatter().string(from: Date(timeIntervalSinceNow: 3600))
    for round in 0..<5 {
      let made = try await servers.send(
        0, "POST", "/api/v1/silences", #"{"matchers": ["alertname=~s\#(round).*"], "ends_at": "\#(ends)"}"#)
      let guid = try #require(made.object["silence_guid"] as? String, "\(made.text)")
      #expect(try await servers.sender(1).send("s\(round)") == 200)
      #expect(try await opened() == 1 + round, "it holds")
      #expect(try await servers.sender(1).send("s\(round)", status: "resolved") == 200)
      #expect(try await servers.send(0, "DELETE", "/api/v1/silences/\(guid)").status < 300)
      #expect(try await servers.sender(1).send("s\(round)b") == 200)
      #expect(try await opened() == 2 + round, "it holds no more")
    }
    _ = try await servers.stop()
  }
}
