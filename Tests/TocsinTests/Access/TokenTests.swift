import Foundation
import TestSupport
import Testing
import Tocsin

@Suite struct TokenTests {
  @Test(arguments: TestDatabase.all)
  func `A token is found by its secret, of which only a hash is kept`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      #expect(try await !bench.incidents.hasTokens())
      let made = try await bench.incidents.createToken(name: "grafana", role: .ingest, by: "ana")
      #expect(made.secret.hasPrefix("tocsin_") && made.secret.count == 7 + 64)
      #expect(try await bench.incidents.token(secret: made.secret) == made.token)
      #expect(made.token.lastFour == String(made.secret.suffix(4)))
      #expect(made.token.role == .ingest && made.token.createdBy == "ana")
      #expect(try await bench.incidents.hasTokens())
      #expect(try await bench.storedBytes().range(of: Data(made.secret.dropFirst(7).utf8)) == nil)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A secret that is not exactly one of a token is refused`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let secret = try await bench.incidents.createToken(name: "grafana", role: .ingest).secret
      let digits = secret.dropFirst(7)
      for wrong in [
        secret + "0", String(digits), "", "tocsin_", secret.uppercased(), secret + "\0", "%", "' OR 1=1 --",
      ] {
        let failure = await LimitTests.refusal { _ = try await bench.incidents.token(secret: wrong) }
        #expect(failure?.code == .unauthenticated && failure?.message == "the token is not valid")
      }
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A name is taken once, and free again after it was revoked`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let first = try await bench.incidents.createToken(name: "grafana", role: .ingest)
      let failure = await LimitTests.refusal {
        _ = try await bench.incidents.createToken(name: "grafana", role: .admin)
      }
      #expect(failure?.code == .conflict && failure?.field == "name")
      #expect(try await bench.integer("SELECT count(*) FROM tocsin_token") == 1)
      try await bench.incidents.revokeToken("grafana", by: "ana")
      let second = try await bench.incidents.createToken(name: "grafana", role: .admin)
      try await bench.incidents.revokeToken(second.token.tokenGuid)
      let names = try await bench.incidents.tokens().map(\.name)
      #expect(names == ["grafana", "grafana"])
      #expect(first.token.tokenGuid != second.token.tokenGuid)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A revoked token is refused with that reason, and revoking it again is a conflict`(_ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      let made = try await bench.incidents.createToken(name: "grafana", role: .ingest)
      let revoked = try await bench.incidents.revokeToken("grafana", by: "ana")
      #expect(revoked.revokedBy == "ana" && revoked.revokedAt == bench.clock.now)
      let failure = await LimitTests.refusal { _ = try await bench.incidents.token(secret: made.secret) }
      #expect(failure?.code == .unauthenticated)
      #expect(failure?.message == "the token \"grafana\" was revoked at 2026-11-21T16:28:03.120Z")
      let again = await LimitTests.refusal { try await bench.incidents.revokeToken(made.token.tokenGuid) }
      #expect(again?.code == .conflict)
      let byName = await LimitTests.refusal { try await bench.incidents.revokeToken("grafana") }
      #expect(byName?.code == .notFound)
      #expect(try await bench.incidents.hasTokens(), "the open intake stays closed")
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A token is good until the millisecond at which it expires`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let end = bench.clock.now.addingTimeInterval(60)
      let secret = try await bench.incidents.createToken(name: "grafana", role: .ingest, expiresAt: end).secret
      bench.clock.advance(by: 59.999)
      _ = try await bench.incidents.token(secret: secret)
      bench.clock.advance(by: 0.001)
      let failure = await LimitTests.refusal { _ = try await bench.incidents.token(secret: secret) }
      #expect(failure?.message == "the token \"grafana\" expired at 2026-11-21T16:29:03.120Z")
      let past = await LimitTests.refusal {
        _ = try await bench.incidents.createToken(name: "late", role: .ingest, expiresAt: bench.clock.now)
      }
      #expect(past?.code == .invalid && past?.field == "expires_at")
    }
  }

  @Test(arguments: TestDatabase.all)
  func `The last use is noted once a minute, however many requests there are`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let made = try await bench.incidents.createToken(name: "grafana", role: .ingest)
      // Counts what is written.
      try await bench.tamper("CREATE TABLE use_log (At TEXT)")
      try await bench.tamper(
        """
        CREATE TRIGGER use_log_insert AFTER UPDATE ON tocsin_token FOR EACH ROW
        BEGIN INSERT INTO use_log VALUES (new.LastUsedAt); END
        """)
      for minute in 1...3 {
        for failure in await atOnce(50, { _ in _ = try await bench.incidents.token(secret: made.secret) }) {
          #expect(failure == nil)
        }
        _ = try await eventually("use \(minute) is noted") {
          try await bench.integer("SELECT count(*) FROM use_log") == minute ? true : nil
        }
        #expect(try await bench.incidents.tokens()[0].lastUsedAt == bench.clock.now)
        bench.clock.advance(by: 60)
      }
      #expect(try await bench.integer("SELECT count(*) FROM use_log") == 3)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Hostile names and times are refused`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      for name in ["", " ", "a\u{1B}[2J", "a\nb", "a\u{202E}b", " a", "a\0", String(repeating: "x", count: 256)] {
        let failure = await LimitTests.refusal { _ = try await bench.incidents.createToken(name: name, role: .viewer) }
        #expect(failure?.code == .invalid && failure?.field == "name", "\(name.debugDescription)")
      }
      for text in ["", "soon", "-1d", "99999999999999999999d", "2026-02-30", "2026-12-31T00:00:00"] {
        let failure = #expect(throws: Failure.self) { try Token.expiry(text, now: bench.clock.now) }
        #expect(failure?.code == .invalid, "\(text)")
      }
      let inNinetyDays = try Token.expiry("90d", now: bench.clock.now)
      #expect(inNinetyDays == bench.clock.now.addingTimeInterval(90 * 86_400))
      let afterTheDay = try Token.expiry("2026-12-31", now: bench.clock.now)
      #expect(JSON.time(afterTheDay) == "2027-01-01T00:00:00.000Z")
    }
  }

  @Test func `A role is read in any case`() throws {
    #expect(try Role(word: "Responder") == .responder)
    let failure = #expect(throws: Failure.self) { try Role(word: "root") }
    #expect(failure?.allowed == ["viewer", "ingest", "responder", "admin"])
  }
}
