import Foundation
import TestSupport
import Testing
import Tocsin

@Suite struct SessionTests {
  @Test(arguments: TestDatabase.all)
  func `A right name and password begin a session that its secret alone opens`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.user()
      let new = try await bench.session("ANA")
      #expect(new.secret.count == 64 && new.csrfToken.count == 64)
      let found = try #require(try await bench.incidents.session(secret: new.secret))
      #expect(found.session == new.session && found.user == new.user && found.csrfToken == new.csrfToken)
      let visitor = try found.visitor(from: "192.0.2.1")
      let ana = try Principal("ana", from: "192.0.2.1")
      #expect(visitor == Visitor(ana, .responder))
      for wrong in ["", new.session.sessionGuid, new.secret + "0", new.csrfToken, new.secret.uppercased(), "%"] {
        #expect(try await bench.incidents.session(secret: wrong) == nil)
      }
      let files = try await bench.storedBytes()
      for secret in [new.secret, new.csrfToken, TestBench.password] {
        #expect(files.range(of: Data(secret.utf8)) == nil)
      }
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Every login has a secret and a CSRF token of its own`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.user()
      let (first, second) = (try await bench.session(), try await bench.session())
      #expect(first.secret != second.secret && first.csrfToken != second.csrfToken)
      let signedIn = try #require(try await bench.incidents.session(secret: first.secret))
      #expect(signedIn.accepts(csrfToken: first.csrfToken))
      for wrong in [second.csrfToken, "", first.secret, first.csrfToken + "0", first.csrfToken.uppercased()] {
        #expect(!signedIn.accepts(csrfToken: wrong))
      }
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A session ends after two hours without a request`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.user()
      let secret = try await bench.session().secret
      bench.clock.advance(by: Session.idle - 1)
      #expect(try await bench.incidents.session(secret: secret) != nil)
      let noted = bench.clock.now
      _ = try await eventually("the use is noted") {
        try await bench.incidents.sessions(of: "ana").first?.lastSeenAt == noted ? true : nil
      }
      bench.clock.advance(by: Session.idle - 1)
      #expect(try await bench.incidents.sessions(of: "ana").count == 1)
      bench.clock.advance(by: 1)
      #expect(try await bench.incidents.session(secret: secret) == nil)
      #expect(try await bench.incidents.sessions(of: "ana").isEmpty)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A session ends after twelve hours, however busy it is`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.user()
      let secret = try await bench.session().secret
      for _ in 1...11 {
        bench.clock.advance(by: 3600)
        let now = bench.clock.now
        #expect(try await bench.incidents.session(secret: secret) != nil)
        _ = try await eventually("the use is noted") {
          try await bench.incidents.sessions(of: "ana").first?.lastSeenAt == now ? true : nil
        }
      }
      bench.clock.advance(by: 3600)
      #expect(try await bench.incidents.session(secret: secret) == nil)
      _ = try await bench.session()
      #expect(try await bench.integer("SELECT count(*) FROM tocsin_session") == 1, "what is over is removed")
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Logging out ends that session for good, and no other`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.user()
      let (first, second) = (try await bench.session(), try await bench.session())
      try await bench.incidents.logOut(secret: first.secret)
      try await bench.incidents.logOut(secret: first.secret)
      #expect(try await bench.incidents.session(secret: first.secret) == nil)
      #expect(try await bench.incidents.session(secret: second.secret) != nil)
      #expect(try await bench.actions() == [.userCreated, .login, .login, .logout])
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A session is ended for the user whose it is, and not for another`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.user()
      try await bench.user("bob")
      let (mine, others) = (try await bench.session("ana"), try await bench.session("bob"))
      let failure = await LimitTests.refusal {
        try await bench.incidents.endSession(others.session.sessionGuid, of: "ana", by: "ana")
      }
      #expect(failure?.code == .notFound)
      #expect(try await bench.incidents.session(secret: others.secret) != nil)
      try await bench.incidents.endSession(mine.session.sessionGuid, of: "ana", by: "ana")
      #expect(try await bench.incidents.session(secret: mine.secret) == nil)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Ending all sessions can keep the one it is done from`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.user()
      let kept = try await bench.session()
      for _ in 1...3 { _ = try await bench.session() }
      let ended = try await bench.incidents.endSessions(of: "ana", keeping: kept.session.sessionGuid, by: "ana")
      #expect(ended == 3)
      #expect(try await bench.incidents.sessions(of: "ana").map(\.sessionGuid) == [kept.session.sessionGuid])
      #expect(try await bench.incidents.endSessions(of: "ana") == 1)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A disabled user's sessions end at once and stay over, and no new one begins`(_ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      try await bench.user()
      let secret = try await bench.session().secret
      try await bench.incidents.disableUser("ana", by: "root")
      #expect(try await bench.incidents.session(secret: secret) == nil)
      #expect(await bench.refusal("ana", TestBench.password)?.code == .forbidden)
      try await bench.incidents.enableUser("ana", by: "root")
      #expect(try await bench.incidents.session(secret: secret) == nil)
      _ = try await bench.session()
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A changed role holds from the next request on`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.user()
      let secret = try await bench.session().secret
      try await bench.incidents.changeRole(of: "ana", to: .viewer)
      let visitor = try await bench.incidents.session(secret: secret)?.visitor()
      #expect(visitor?.role == .viewer)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A user has at most so many sessions, and another one ends the oldest`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.user()
      let first = try await bench.session()
      for _ in 1...Session.most {
        bench.clock.advance(by: 1)
        _ = try await bench.session()
      }
      #expect(try await bench.incidents.sessions(of: "ana").count == Session.most)
      #expect(try await bench.incidents.session(secret: first.secret) == nil)
    }
  }

  @Test(arguments: Hostile.allCases, TestDatabase.all)
  func `A hostile browser name is cut and shown harmlessly`(_ text: Hostile, _ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.user()
      let agent = String(repeating: text.rawValue, count: 20)
      _ = try await bench.logIn(at: agent, userAgent: agent)
      let session = try #require(try await bench.incidents.sessions(of: "ana").first)
      for shown in [session.userAgent, session.address].compactMap({ $0 }) {
        #expect(!shown.unicodeScalars.contains(where: Unseen.contains))
      }
      #expect((session.userAgent?.unicodeScalars.count ?? 0) <= 255)
      #expect((session.address?.unicodeScalars.count ?? 0) <= 64)
    }
  }
}
