import Foundation
import TestSupport
import Testing
import Tocsin

@Suite struct OIDCSessionTests {
  static let issuer = "https://login.example.com"

  static func open(
    _ bench: TestBench, _ subject: String = "s-1", issuer: String = Self.issuer, name: String = "ana",
    email: String? = "ana@example.com", role: Role = .responder
  ) async throws -> NewSession {
    try await bench.incidents.openSession(
      for: Identity(issuer: issuer, subject: subject), name: name, email: email, role: role, address: "192.0.2.1")
  }

  @Test(arguments: TestDatabase.all)
  func `The first login makes a user, and later ones find it, whatever the provider calls them`(_ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      let first = try await Self.open(bench)
      #expect(first.user.name == "ana" && first.user.role == .responder && !first.user.hasPassword)
      #expect(first.session.method == "oidc")
      let second = try await Self.open(bench, name: "Anna", email: nil, role: .admin)
      #expect(second.user.userGuid == first.user.userGuid && second.user.name == "ana")
      #expect(second.user.role == .admin, "the provider decides, each time")
      #expect(try await bench.incidents.session(secret: second.secret)?.user.userGuid == first.user.userGuid)
      #expect(try await bench.actions() == [.userCreated, .login, .roleChanged, .login])
    }
  }

  @Test(arguments: TestDatabase.all)
  func `An account with a password is never taken over by name or email`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let admin = try await bench.incidents.createUser(
        name: "ana", email: "ana@example.com", role: .admin, password: TestBench.password)
      let names = try await ["ANA", "ana", "a\u{200B}na"].enumerated().asyncMap { number, name in
        try await Self.open(bench, "s-\(number)", name: name, role: .viewer).user
      }
      #expect(names.allSatisfy { $0.userGuid != admin.userGuid && $0.role == .viewer })
      #expect(names.map(\.name) == ["ANA-2", "ana-3", "a\u{200B}na-4"])
    }
  }

  @Test(arguments: TestDatabase.all)
  func `The same subject of another provider is somebody else`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let first = try await Self.open(bench, "1")
      let second = try await Self.open(bench, "1", issuer: "https://evil.example.com")
      #expect(first.user.userGuid != second.user.userGuid)
      // Issuer and subject do not run into each other.
      let third = try await Self.open(bench, "x1", issuer: "https://a.example/")
      let fourth = try await Self.open(bench, "1", issuer: "https://a.example/x")
      #expect(third.user.userGuid != fourth.user.userGuid)
      let fifth = try await Self.open(bench, "X1", issuer: "https://a.example/")
      #expect(third.user.userGuid != fifth.user.userGuid, "sub is case-sensitive")
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A hundred first logins at once make one user`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let ends = await atOnce(100) { _ in _ = try await Self.open(bench) }
      #expect(ends.allSatisfy { $0 == nil })
      let users = try await bench.incidents.users()
      #expect(users.count == 1)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A disabled user stays out, and that is on record`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      _ = try await Self.open(bench)
      try await bench.incidents.disableUser("ana")
      let failure = await LimitTests.refusal { _ = try await Self.open(bench) }
      #expect(failure?.code == .forbidden)
      #expect(try await bench.integer("SELECT count(*) FROM tocsin_session") == 0)
      #expect(try await bench.actions().last == .loginFailed)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Somebody who comes by a provider cannot sign in with any password`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      _ = try await Self.open(bench)
      for password in ["", "ana", "password", "s-1"] {
        #expect(await bench.refusal("ana", password)?.code == .unauthenticated)
      }
    }
  }

  @Test(
    arguments: [
      "", "  ", "SYSTEM", "a\nb\u{1B}[2J", "\u{200B}", "a\0b", String(repeating: "long ", count: 100), "a\u{202E}b",
    ], TestDatabase.all)
  func `An odd name from a provider becomes one that deceives nobody`(_ name: String, _ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      let user = try await Self.open(bench, name: name, email: "odd\nBcc: x").user
      #expect(!user.name.isEmpty && user.name.lowercased() != "system" && user.email == nil)
      #expect(!user.name.unicodeScalars.contains(where: Unseen.contains))
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Without an issuer or a subject, or as ingest, nobody comes in`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      for (issuer, subject) in [("", "1"), (Self.issuer, ""), (Self.issuer, "a\0"), ("x\0", "1")] {
        let failure = #expect(throws: Failure.self) { try Identity(issuer: issuer, subject: subject) }
        #expect(failure?.code == .invalid)
      }
      let failure = await LimitTests.refusal { _ = try await Self.open(bench, role: .ingest) }
      #expect(failure?.field == "role")
      let hasUsers = try await bench.incidents.hasUsers()
      #expect(!hasUsers)
    }
  }
}

extension Sequence {
  fileprivate func asyncMap<Value>(_ transform: (Element) async throws -> Value) async rethrows -> [Value] {
    var values: [Value] = []
    for element in self { values.append(try await transform(element)) }
    return values
  }
}
