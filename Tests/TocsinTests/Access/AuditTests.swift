import Foundation
import TestSupport
import Testing

@testable import Tocsin

@Suite struct AuditTests {
  @Test(arguments: TestDatabase.all)
  func `Every change of access writes one entry, with who, to whom and from where`(_ engine: TestDatabase) async throws
  {
    try await engine.run { bench in
      let by = try Principal("root", from: "192.0.2.7")
      let token = try await bench.incidents.createToken(name: "grafana", role: .ingest, by: by).token
      try await bench.incidents.revokeToken(token.tokenGuid, by: by)
      try await bench.user("bob", .admin)
      try await bench.user("ana", .viewer)
      try await bench.incidents.changeRole(of: "ana", to: .responder, by: by)
      try await bench.incidents.changeRole(of: "ana", to: .responder, by: by)
      try await bench.incidents.setPassword(of: "ana", to: "another fine phrase", by: by)
      try await bench.incidents.disableUser("ana", by: by)
      try await bench.incidents.disableUser("ana", by: by)
      try await bench.incidents.enableUser("ana", by: by)
      try await bench.incidents.setNotifyRule("R", name: "r", channels: "EMAIL:a@example.com", by: by)
      #expect(
        try await bench.actions() == [
          .tokenCreated, .tokenRevoked, .userCreated, .userCreated, .roleChanged, .passwordSet, .userDisabled,
          .userEnabled, .notifyRuleChanged,
        ])
      let entries = try await bench.incidents.auditEntries().items.filter { $0.action != .userCreated }
      #expect(entries.allSatisfy { $0.actor == "root" && $0.address == "192.0.2.7" && $0.outcome == .done })
      let change = try #require(entries.first { $0.action == .roleChanged })
      #expect(change.subject == "ana" && change.metadata == ["from": "viewer", "to": "responder"])
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A change that is refused writes nothing`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.user("ana", .admin)
      let before = try await bench.actions()
      _ = await LimitTests.refusal { try await bench.incidents.disableUser("ana") }
      _ = await LimitTests.refusal { try await bench.user("ANA") }
      _ = await LimitTests.refusal { try await bench.incidents.revokeToken("none") }
      _ = await LimitTests.refusal { try await bench.incidents.endSession("none", of: "ana") }
      #expect(try await bench.actions() == before)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Wrong logins are on record, without what was typed`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.user()
      _ = await bench.refusal("ana", "hunter2hunter2")
      _ = await bench.refusal("MyPasswordInTheWrongField", "x")
      let entries = try await bench.incidents.auditEntries().items.filter { $0.action == .loginFailed }
      #expect(entries.map(\.subject) == [nil, "ana"])
      #expect(entries.allSatisfy { $0.outcome == .refused && $0.address == "192.0.2.1" && $0.actor == "" })
      let files = try await bench.storedBytes()
      for typed in ["hunter2hunter2", "MyPasswordInTheWrongField"] { #expect(files.range(of: Data(typed.utf8)) == nil) }
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A flood of refusals leaves a bounded number of entries, and says how many are missing`(_ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      for _ in 1...1000 { try await bench.incidents.recordAccessDenied(to: nil, "GET /x", address: "192.0.2.1") }
      #expect(try await bench.actions().count == 20)
      bench.clock.advance(by: 61)
      try await bench.incidents.recordAccessDenied(to: nil, "GET /x", address: "192.0.2.1")
      let last = try #require(try await bench.incidents.auditEntries().items.first)
      #expect(last.metadata == ["left_out_before": 980] && last.seq == 21)
      // Those of one kind do not hide those of another.
      _ = await bench.refusal("ana", "wrong")
      #expect(try await bench.actions().last == .loginFailed)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `No secret is in the log, nor anywhere in the database`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let app = try await bench.userWithTOTP()
      bench.clock.advance(by: 30)
      let session = try await bench.session(code: app.code(at: bench.clock.now))
      let token = try await bench.incidents.createToken(name: "t", role: .viewer).secret
      let password = "a bird down in the mine"
      try await bench.incidents.setPassword(of: "ana", to: password)
      try await bench.incidents.setNotifyRule("R", name: "r", channels: "WEBHOOK:https://x.example/canary-hook")
      let log = try JSON.encode(await bench.incidents.auditEntries())
      for secret in [session.secret, token, password, TestBench.password, "canary-hook"] + app.recoveryCodes {
        #expect(!log.contains(secret))
      }
      let files = try await bench.storedBytes()
      for secret in [session.secret, session.csrfToken, String(token.dropFirst(7)), password] {
        #expect(files.range(of: Data(secret.utf8)) == nil)
      }
    }
  }

  @Test(arguments: Hostile.allCases, TestDatabase.all)
  func `Hostile text is kept in bounds and without control characters`(_ text: Hostile, _ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      let long = String(repeating: text.rawValue, count: 30)
      let visitor = Visitor(try Principal(String(text.rawValue.prefix(200)), from: long), .viewer)
      try await bench.incidents.recordAccessDenied(to: visitor, long, address: long)
      let entry = try #require(try await bench.incidents.auditEntries().items.first)
      for field in [entry.actor, entry.subject, entry.address] {
        let field = try #require(field)
        #expect(!field.unicodeScalars.contains(where: Unseen.contains) && field.unicodeScalars.count <= 255)
      }
      #expect(try await bench.incidents.verifyAuditLog().firstFault == nil)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Pages follow each other without a gap while entries are written`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      for number in 1...25 { _ = try await bench.incidents.createToken(name: "t\(number)", role: .viewer) }
      var (request, seen) = (PageRequest(limit: 10), [Int]())
      repeat {
        let page = try await bench.incidents.auditEntries(page: request)
        seen += page.items.map(\.seq)
        request.cursor = page.nextCursor
        try await bench.user("user \(seen.count)")
      } while request.cursor != nil
      #expect(seen == Array((1...25).reversed()))
      var creations = AuditFilter()
      creations.action = .userCreated
      #expect(try await bench.incidents.auditEntries(creations).items.count == 3)
      for cursor in ["0", "-1", "x", "", "99999999999999999999"] {
        let page = PageRequest(cursor: cursor)
        let failure = await LimitTests.refusal { _ = try await bench.incidents.auditEntries(page: page) }
        #expect(failure?.field == "cursor")
      }
    }
  }

  static let forgeries: [(statement: String, fault: Int)] = [
    ("UPDATE tocsin_audit SET Actor = 'eve' WHERE Seq = 3", 3),
    ("UPDATE tocsin_audit SET Subject = NULL WHERE Seq = 4", 4),
    ("UPDATE tocsin_audit SET Address = '192.0.2.9' WHERE Seq = 2", 2),
    ("UPDATE tocsin_audit SET Outcome = 'REFUSED' WHERE Seq = 1", 1),
    ("UPDATE tocsin_audit SET Action = 'LOGIN' WHERE Seq = 5", 5),
    ("UPDATE tocsin_audit SET Timestamp = '2020-01-01 00:00:00.000' WHERE Seq = 5", 5),
    ("UPDATE tocsin_audit SET Metadata = '{}' WHERE Seq = 1", 1),
    ("UPDATE tocsin_audit SET Metadata = NULL WHERE Seq = 2", 2),
    ("UPDATE tocsin_audit SET PreviousHash = 'x' WHERE Seq = 2", 2),
    ("UPDATE tocsin_audit SET Hash = 'x' WHERE Seq = 6", 6),
    ("DELETE FROM tocsin_audit WHERE Seq = 1", 1), ("DELETE FROM tocsin_audit WHERE Seq = 4", 4),
    ("DELETE FROM tocsin_audit WHERE Seq = 6", 6), ("DELETE FROM tocsin_audit", 1),
    ("UPDATE tocsin_audit SET Seq = Seq - 7 WHERE Seq = 1", -6),
    ("UPDATE tocsin_audit_head SET Hash = 'x'", 6), ("UPDATE tocsin_audit_head SET Seq = 5", 6),
  ]

  @Test(arguments: forgeries, TestDatabase.all)
  func `The first entry that was touched is named`(_ forgery: (statement: String, fault: Int), _ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      // One entry has no metadata.
      try await bench.incidents.setNotifyRule("R", name: "r", channels: "EMAIL:a@example.com")
      for number in 1...5 { _ = try await bench.incidents.createToken(name: "t\(number)", role: .viewer) }
      let whole = try await bench.incidents.verifyAuditLog()
      #expect(whole.entries == 6 && whole.head.count == 64 && whole.firstFault == nil)
      try await bench.tamper(forgery.statement)
      #expect(try await bench.incidents.verifyAuditLog().firstFault == forgery.fault)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A hundred changes at once make one chain`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let ends = await atOnce(100) { number in
        _ = try await bench.incidents.createToken(name: "t\(number)", role: .viewer)
      }
      #expect(ends.allSatisfy { $0 == nil })
      let verdict = try await bench.incidents.verifyAuditLog()
      #expect(verdict.entries == 100 && verdict.firstFault == nil)
    }
  }

  /// Failure: entries of changes that share a commit take the same place, or one of a change that was undone stays.
  @Test(arguments: TestDatabase.all)
  func `Changes that share a commit make one chain, and what is undone leaves nothing there`(_ engine: TestDatabase)
    async throws
  {
    struct Undone: Error {}
    try await engine.run { bench in
      let guid = try await bench.incident().incidentGuid
      let outcomes = try await bench.inOneCommit([
        { try $0.audit(.login, "first", by: nil) },
        { transaction in
          try transaction.audit(.login, "undone", by: nil)
          throw Undone()
        },
        { transaction in
          for subject in ["second", "third"] { try transaction.audit(.logout, subject, by: nil) }
          try transaction.record(.noteAdded, on: guid, "on both chains", by: .system)
        },
        // The database refuses this one's event, when all of them have been made.
        { transaction in
          try transaction.audit(.login, "refused", by: nil)
          try transaction.record(.noteAdded, on: "nobody", "of no incident", by: .system)
        },
        { try $0.audit(.login, "fourth", by: nil) },
      ])
      #expect(outcomes.map { $0 == nil } == [true, false, true, false, true])
      let entries = try await bench.incidents.auditEntries().items.reversed().map { "\($0.seq) \($0.subject ?? "")" }
      #expect(entries == ["1 first", "2 second", "3 third", "4 fourth"])
      #expect(try await bench.incidents.verifyAuditLog().firstFault == nil)
      #expect(try await bench.incidents.verifyTimeline().firstFault == nil)
    }
  }

  /// Failure: two servers give two entries the same place, or wait for each other's chains in turn.
  @Test(arguments: TestDatabase.all)
  func `Several servers make one chain beside that of the timeline`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guid = try await bench.incident().incidentGuid
      let servers = [bench.incidents, try await Incidents.open(bench.path)]
      let ends = await atOnce(200) { number in
        try await servers[number % 2].database.write { transaction in
          if number % 3 == 0 { try transaction.record(.noteAdded, on: guid, "\(number)", by: .system) }
          if number % 10 == 0 { try transaction.closeTimeline() }
          try transaction.audit(.login, "\(number)", by: nil)
        }
      }
      #expect(ends.allSatisfy { $0 == nil }, "\(ends.compactMap { $0 }.first.debugDescription)")
      let verdict = try await bench.incidents.verifyAuditLog()
      #expect(verdict.entries == 200 && verdict.firstFault == nil)
      #expect(try await bench.incidents.verifyTimeline().firstFault == nil)
    }
  }
}
