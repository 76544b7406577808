import Foundation
import TestSupport
import Testing

@testable import Tocsin

@Suite struct PasswordTests {
  @Test(
    arguments: [
      "", "1234567", "seven77", "12345678", "87654321", "aaaaaaaa", "abababab", "abcdefgh", "qwertyuiop", "Password1",
      "P@ssw0rd!", "pa55word2026", "password", "PASSWORD123", "123admin", "admin2026!", "adminadmin", "iloveyou",
      "letmein99", "Welcome2026!", "Sommer2026", "trustno1", "1q2w3e4r", "correcthorsebatterystaple", "grafana1",
      "Ana Miller likes tea", "my tocsin rings", "TOCSIN-2026-x", "ana miller",
    ], TestDatabase.all)
  func `A password that is too short or that everybody tries first is refused`(
    _ password: String, _ engine: TestDatabase
  ) async throws {
    try await engine.run { bench in
      let failure = await LimitTests.refusal {
        try await bench.incidents.createUser(name: "Ana Miller", role: .viewer, password: password)
      }
      #expect(failure?.code == .invalid && failure?.field == "password", "\(password)")
      if password.count > 2, password != "password" {
        #expect(failure?.message.lowercased().contains(password.lowercased()) == false)
      }
    }
  }

  @Test(
    arguments: [
      "xK9#mQ2v", "purple giraffe", "日本語のパスワード", "        x        y z", "🔥🧑‍🚒🔥 a b", "null\0byte pass",
      "vier Wände reichen", String(repeating: "long and longer ", count: 64),
    ], TestDatabase.all)
  func `Any other password is taken, and is the only one that fits`(_ password: String, _ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      try await bench.incidents.createUser(name: "bob", role: .viewer, password: password)
      _ = try await bench.session("bob", password)
      for wrong in [password + " ", " " + password, String(password.dropLast()), password.uppercased() + "X", ""] {
        #expect(await bench.refusal("bob", wrong)?.code == .unauthenticated)
      }
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A password is measured in bytes at its upper end, and one that is longer never fits`(_ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      let longest = String(repeating: "ab c", count: 256)
      try await bench.incidents.createUser(name: "bob", role: .viewer, password: longest)
      let failure = await LimitTests.refusal {
        try await bench.incidents.createUser(name: "eve", role: .viewer, password: longest + "x")
      }
      #expect(failure?.field == "password")
      #expect(await bench.refusal("bob", String(repeating: "x", count: 10_000_000))?.code == .unauthenticated)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `It does not matter how a keyboard composes a letter`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.incidents.createUser(name: "bob", role: .viewer, password: "cafe\u{301} crème")
      _ = try await bench.session("bob", "café crème")
    }
  }

  /// RFC 7914, section 12, third vector, shortened to the 32 bytes that are kept.
  @Test func `The hash is scrypt's`() throws {
    let key = "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
    let bytes = stride(from: 0, to: 64, by: 2).map { UInt8(key.dropFirst($0).prefix(2), radix: 16)! }
    let text =
      "$scrypt$ln=14,r=8,p=1$\(Data("SodiumChloride".utf8).base64EncodedString())$\(Data(bytes).base64EncodedString())"
    let hash = try PasswordHash(text: text)
    #expect(hash.matches("pleaseletmein"))
    #expect(!hash.matches("pleaseletmeim"))
    #expect(hash.text == text)
  }

  @Test func `A hash of today costs 2^17 rounds, has a salt of its own, and says so`() throws {
    let rounds = Incidents.Settings().passwordRounds
    let (first, second) = (try PasswordHash("purple giraffe", rounds: rounds), try PasswordHash("x", rounds: 2))
    #expect(first.text.hasPrefix("$scrypt$ln=17,r=8,p=1$"))
    #expect(first.salt.count == 16 && first.salt != second.salt)
    #expect(first.text.count <= 255)
    let kept = try PasswordHash(text: first.text)
    #expect(kept == first && kept.matches("purple giraffe") && !kept.matches("purple giraff"))
  }

  @Test(
    arguments: [
      "", "x", "$scrypt$ln=17,r=8,p=1$$", "$scrypt$ln=31,r=8,p=1$c2FsdA==$", "$2b$12$abc",
      "$scrypt$ln=20,r=32,p=4$c2FsdHNhbHRzYWx0c2FsdA==$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofI=",
      "$scrypt$ln=0,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA==$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofI=",
      "$scrypt$ln=4,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA==$cCO9",
    ])
  func `A hash that Tocsin never wrote is refused, also one that would eat the memory`(_ text: String) {
    #expect(throws: (any Error).self) { try PasswordHash(text: text) }
  }

  @Test(arguments: TestDatabase.all)
  func `A login brings the hash to today's cost`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.user()
      var settings = Incidents.Settings.quick
      settings.passwordRounds = 1 << 5
      let later = bench.with(settings: settings)
      for _ in 1...2 { _ = try await later.logIn(name: "ana", password: TestBench.password, address: nil) }
      #expect(
        try await bench.integer("SELECT count(*) FROM tocsin_user WHERE PasswordHash LIKE '$scrypt$ln=5,r=8,p=1$%'")
          == 1)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A new password ends the old one and every other session`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.user()
      let (kept, other) = (try await bench.session(), try await bench.session())
      try await bench.incidents.setPassword(
        of: "ana", to: "another fine phrase", keeping: kept.session.sessionGuid, by: "ana")
      #expect(try await bench.incidents.session(secret: kept.secret) != nil)
      #expect(try await bench.incidents.session(secret: other.secret) == nil)
      #expect(await bench.refusal("ana", TestBench.password)?.code == .unauthenticated)
      _ = try await bench.session("ana", "another fine phrase")
      try await bench.incidents.setPassword(of: "ana", to: "a third one, by an admin", by: "root")
      #expect(try await bench.incidents.sessions(of: "ana").isEmpty)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Users change their own password only with the old one, and guessing it is throttled`(_ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      try await bench.user()
      let by = try Principal("ana", from: "192.0.2.1")
      for _ in 1...10 {
        let failure = await LimitTests.refusal {
          try await bench.incidents.changePassword(of: "ana", from: "a wrong guess", to: "another fine phrase", by: by)
        }
        #expect(failure?.code == .unauthenticated)
      }
      let throttled = await LimitTests.refusal {
        try await bench.incidents.changePassword(of: "ana", from: TestBench.password, to: "another fine phrase", by: by)
      }
      #expect(throttled?.code == .tooMany)
      bench.clock.advance(by: 31)
      try await bench.incidents.changePassword(of: "ana", from: TestBench.password, to: "another fine phrase", by: by)
      _ = try await bench.session("ana", "another fine phrase")
    }
  }

  @Test func `Hashing runs two at a time, and a long line is told to come back`() async throws {
    let work = PasswordWork()
    let (running, most) = (Collected<Int>(), Collected<Int>())
    let gate = DispatchSemaphore(value: 0)
    async let ends = atOnce(100) { number in
      try await work.run {
        running.add(number)
        gate.wait()
        most.add(running.all.count - most.all.count)
      }
    }
    _ = try await eventually("two run") { running.all.count == 2 ? true : nil }
    for _ in 1...100 { gate.signal() }
    let refused = await ends.compactMap { $0 }
    #expect(refused.allSatisfy { $0.code == .tooMany && $0.retryAfter == 5 })
    #expect(refused.count == 100 - running.all.count)
    #expect((18...99).contains(running.all.count))
    #expect(most.all.allSatisfy { $0 <= 2 })
    try await work.run {}
  }
}
