import Foundation
import TestSupport
import Testing

@testable import Tocsin

@Suite struct SetUpTests {
  @Test(arguments: TestDatabase.all)
  func `The set-up secret makes the first admin, once`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let secret = try #require(try await bench.incidents.drawSetUpSecret())
      #expect(secret.count == 64)
      #expect(try await bench.storedBytes().range(of: Data(secret.utf8)) == nil)
      try await bench.incidents.checkSetUpSecret(secret)
      let new = try await Self.setUp(bench, secret)
      #expect(new.user.role == .admin && new.session.method == "set_up")
      #expect(try await bench.incidents.session(secret: new.secret) != nil)
      let again = await LimitTests.refusal { _ = try await Self.setUp(bench, secret, name: "eve") }
      #expect(again?.code == .conflict)
      #expect(try await bench.incidents.drawSetUpSecret() == nil)
      #expect(try await bench.actions() == [.userCreated, .setUp, .login])
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A secret that is wrong, replaced or an hour old makes nobody`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let first = try #require(try await bench.incidents.drawSetUpSecret())
      let second = try #require(try await bench.incidents.drawSetUpSecret())
      for wrong in ["", first, second + "0", second.uppercased(), "%", "' OR 1=1 --"] {
        let failure = await LimitTests.refusal { _ = try await Self.setUp(bench, wrong) }
        #expect(failure?.code == .unauthenticated)
      }
      #expect(bench.incidents.passwordWork.taken == 0, "nobody without the secret makes work")
      bench.clock.advance(by: Incidents.setUpLife)
      let failure = await LimitTests.refusal { _ = try await Self.setUp(bench, second) }
      #expect(failure?.code == .unauthenticated)
      #expect(try await !bench.incidents.hasUsers())
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Before any secret is drawn, none is good`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let failure = await LimitTests.refusal { _ = try await Self.setUp(bench, "") }
      #expect(failure?.code == .unauthenticated)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A user made on the command line ends the set-up`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let secret = try #require(try await bench.incidents.drawSetUpSecret())
      try await bench.user("root", .admin)
      let failure = await LimitTests.refusal { _ = try await Self.setUp(bench, secret) }
      #expect(failure?.code == .conflict)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Of a hundred at once, one becomes the admin`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let secret = try #require(try await bench.incidents.drawSetUpSecret())
      let ends = await atOnce(100) { number in _ = try await Self.setUp(bench, secret, name: "admin \(number)") }
      #expect(ends.filter { $0 == nil }.count == 1)
      let allowed: [Failure.Code] = [.conflict, .tooMany, .unauthenticated]
      let codes: [Failure.Code] = ends.compactMap { $0?.code }
      #expect(codes.allSatisfy(allowed.contains))
      #expect(try await bench.incidents.users().count == 1)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A bad password leaves the secret good`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let secret = try #require(try await bench.incidents.drawSetUpSecret())
      let failure = await LimitTests.refusal { _ = try await Self.setUp(bench, secret, password: "password") }
      #expect(failure?.field == "password")
      _ = try await Self.setUp(bench, secret)
    }
  }

  static func setUp(
    _ bench: TestBench, _ secret: String, name: String = "root admin", password: String = TestBench.password
  ) async throws -> NewSession {
    try await bench.incidents.setUp(secret: secret, name: name, password: password, address: "192.0.2.1")
  }
}
