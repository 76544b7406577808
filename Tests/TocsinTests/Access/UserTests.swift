import Foundation
import TestSupport
import Testing
import Tocsin

@Suite struct UserTests {
  @Test(arguments: TestDatabase.all)
  func `A user is found by guid, and by name in any case`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let made = try await bench.incidents.createUser(
        name: "Ana Müller", email: "ana@example.com", role: .admin, password: TestBench.password, by: "root")
      #expect(made.name == "Ana Müller" && made.email == "ana@example.com" && made.role == .admin)
      #expect(made.hasPassword && !made.hasSecondFactor && !made.isDisabled && made.createdBy == "root")
      for spelling in [made.userGuid, "ana müller", "ANA MU\u{308}LLER", "ANA\u{200B} Müller", "Ａna Müller"] {
        #expect(try await bench.incidents.user(spelling) == made, "\(spelling)")
      }
      let failure = await LimitTests.refusal { _ = try await bench.incidents.user("eve") }
      #expect(failure?.code == .notFound)
      #expect(try await bench.incidents.hasTokens(), "a user closes the open intake too")
    }
  }

  @Test(
    arguments: [
      ("ana", "ANA"), ("Straße", "STRASSE"), ("ana", "ａｎａ"), ("ana", "a\u{200D}na"), ("ΣΊΣΥΦΟΣ", "σίσυφοσ"),
      ("\u{212A}elvin", "kelvin"), ("e\u{301}ric", "ÉRIC"),
    ])
  func `Names that people take for the same are the same`(_ first: String, _ second: String) async throws {
    try await TestDatabase.runEach { bench in
      try await bench.user(first)
      let failure = await LimitTests.refusal { try await bench.user(second) }
      #expect(failure?.code == .conflict && failure?.field == "name")
      #expect(try await bench.incidents.users().count == 1)
    }
  }

  @Test(
    arguments: [
      "", " ", "SYSTEM", "system", " ana", "ana ", "a\0na", "a\nna", "\u{1B}[2J", "a\u{202E}na", "\u{200B}", "\u{AD}",
      String(repeating: "x", count: 256),
    ], TestDatabase.all)
  func `A name that deceives is refused`(_ name: String, _ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let failure = await LimitTests.refusal { try await bench.user(name) }
      #expect(failure?.code == .invalid && failure?.field == "name", "\(name.debugDescription)")
      let hasUsers = try await bench.incidents.hasUsers()
      #expect(!hasUsers)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Names of 1 and of 255 characters are taken, hostile ones without control characters too`(_ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      for name in ["x", String(repeating: "ß", count: 255), Hostile.sql.rawValue, Hostile.script.rawValue] {
        let made = try await bench.user(name)
        #expect(made.name == name)
      }
    }
  }

  @Test(
    arguments: [
      "nobody", "a@b\nBcc: eve@example.com", " a@b", "\u{1B}@x", String(repeating: "x", count: 256) + "@b",
    ], TestDatabase.all)
  func `A bad address is refused`(_ email: String, _ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let failure = await LimitTests.refusal {
        try await bench.incidents.createUser(name: "ana", email: email, role: .viewer, password: nil)
      }
      #expect(failure?.code == .invalid && failure?.field == "email")
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A person is not ingest`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let failure = await LimitTests.refusal { try await bench.user("ana", .ingest) }
      #expect(failure?.code == .invalid && failure?.allowed == ["viewer", "responder", "admin"])
      try await bench.user("bob")
      let change = await LimitTests.refusal { try await bench.incidents.changeRole(of: "bob", to: .ingest) }
      #expect(change?.field == "role")
    }
  }

  @Test(arguments: TestDatabase.all)
  func `The last admin who can sign in is neither disabled nor demoted`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.user("ana", .admin)
      try await bench.user("bob", .admin)
      try await bench.incidents.disableUser("bob")
      for attempt in [
        { _ = try await bench.incidents.disableUser("ana") },
        { _ = try await bench.incidents.changeRole(of: "ana", to: .responder) },
      ] {
        let failure = await LimitTests.refusal { try await attempt() }
        #expect(failure?.code == .conflict)
      }
      try await bench.incidents.changeRole(of: "bob", to: .viewer)
      try await bench.user("eve", .admin)
      try await bench.incidents.changeRole(of: "ana", to: .viewer)
      #expect(try await bench.incidents.user("ana").role == .viewer)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Of many admins who disable each other at once, one stays`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      for number in 0..<100 {
        try await bench.incidents.createUser(name: "admin \(number)", role: .admin, password: nil)
      }
      let ends = await atOnce(100) { number in
        if number.isMultiple(of: 2) {
          try await bench.incidents.disableUser("admin \(number)")
        } else {
          try await bench.incidents.changeRole(of: "admin \(number)", to: .viewer)
        }
      }
      #expect(ends.filter { $0 == nil }.count == 99)
      #expect(ends.compactMap { $0?.code } == [.conflict])
      let left = try await bench.incidents.users().filter { $0.role == .admin && !$0.isDisabled }
      #expect(left.count == 1)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Of a hundred who take a name at once, one gets it`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let ends = await atOnce(100) { number in
        try await bench.incidents.createUser(
          name: number.isMultiple(of: 2) ? "ana" : "ANA", role: .viewer, password: nil)
      }
      #expect(ends.filter { $0 == nil }.count == 1)
      #expect(ends.compactMap { $0 }.allSatisfy { $0.code == .conflict })
    }
  }
}
