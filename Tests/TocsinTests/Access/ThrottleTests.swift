import Foundation
import TestSupport
import Testing

@testable import Tocsin

@Suite struct ThrottleTests {
  static let wrong = "a wrong guess at it"

  @Test(arguments: TestDatabase.all)
  func `After ten wrong logins in a minute even the right password waits, and longer each time`(_ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      try await bench.user()
      for _ in 1...10 { #expect(await bench.refusal("ana", Self.wrong)?.code == .unauthenticated) }
      for seconds in [30, 60, 120, 240, 480, 900, 900] {
        let refusal = await bench.refusal("ana", TestBench.password)
        #expect(refusal?.code == .tooMany && refusal?.retryAfter == seconds)
        bench.clock.advance(by: Double(seconds) - 0.5)
        #expect(await bench.refusal("ana", TestBench.password)?.retryAfter == 1)
        bench.clock.advance(by: 0.5)
        #expect(await bench.refusal("ana", Self.wrong)?.code == .unauthenticated)
      }
      bench.clock.advance(by: 900)
      _ = try await bench.session()
      for _ in 1...9 { #expect(await bench.refusal("ana", Self.wrong)?.code == .unauthenticated) }
      _ = try await bench.session()
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Nine wrong ones a minute, for hours, block nobody`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.user()
      for _ in 1...30 {
        for _ in 1...9 { #expect(await bench.refusal("ana", Self.wrong)?.code == .unauthenticated) }
        bench.clock.advance(by: 60)
      }
    }
  }

  @Test(arguments: TestDatabase.all)
  func `An unknown account is throttled just as a known one`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.user()
      for name in ["ana", "nobody"] {
        var answers: [Failure?] = []
        for _ in 1...11 { answers.append(await bench.refusal(name, Self.wrong)) }
        #expect(answers.dropLast().allSatisfy { $0?.message == "the name or the password is wrong" })
        #expect(answers.last??.message == "there were too many wrong logins; wait 30 seconds")
      }
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A block at one address does not keep the engineer on call out at another`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.user()
      for _ in 1...20 { _ = await bench.refusal("ana", Self.wrong, at: "203.0.113.9") }
      #expect(await bench.refusal("ana", TestBench.password, at: "203.0.113.9")?.code == .tooMany)
      _ = try await bench.session()
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A guess from a thousand addresses is slowed, and the user's own address is not`(_ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      try await bench.user()
      _ = try await bench.session()
      var refusals: [Failure] = []
      for number in 0..<150 {
        if let refusal = await bench.refusal("ana", Self.wrong, at: "198.51.100.\(number)") { refusals.append(refusal) }
      }
      #expect(refusals.filter { $0.code == .unauthenticated }.count == 100)
      #expect(refusals.filter { $0.code == .tooMany }.allSatisfy { $0.retryAfter == 5 })
      #expect(await bench.refusal("ana", TestBench.password, at: "198.51.100.200")?.code == .tooMany)
      _ = try await bench.session()
      // A whole account is never blocked for long.
      bench.clock.advance(by: 10)
      _ = try await bench.logIn(at: "198.51.100.200")
    }
  }

  @Test(arguments: TestDatabase.all)
  func `One address that tries many accounts is slowed, and others who signed in there are not`(_ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      try await bench.user()
      _ = try await bench.session()
      var refusals: [Failure] = []
      for number in 0..<60 {
        if let refusal = await bench.refusal("nobody \(number)", Self.wrong) { refusals.append(refusal) }
      }
      #expect(refusals.filter { $0.code == .unauthenticated }.count == 50)
      #expect(refusals.filter { $0.code == .tooMany }.allSatisfy { $0.retryAfter == 10 })
      _ = try await bench.session()
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Whoever has an IPv6 network counts as one, and an IPv4 address in IPv6 clothes as itself`(
    _ engine: TestDatabase
  ) async throws {
    try await engine.run { bench in
      try await bench.user()
      for number in 0..<5 { _ = await bench.refusal("ana", Self.wrong, at: "2001:db8:1:2::\(number)") }
      for number in 0..<5 { _ = await bench.refusal("ana", Self.wrong, at: "2001:db8:1:2:a:b:c:\(number)") }
      #expect(await bench.refusal("ana", TestBench.password, at: "2001:db8:1:2:ffff::1")?.code == .tooMany)
      _ = try await bench.logIn(at: "2001:db8:1:3::1")
      for _ in 1...10 { _ = await bench.refusal("ana", Self.wrong, at: "203.0.113.9") }
      #expect(await bench.refusal("ana", TestBench.password, at: "::ffff:203.0.113.9")?.code == .tooMany)
      #expect(await bench.refusal("ana", Self.wrong, at: "::ffff:203.0.113.10")?.code == .unauthenticated)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A hundred guesses at once get no further than ten`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.user()
      let ends = await atOnce(100) { _ in _ = try await bench.logIn("ana", Self.wrong) }
      #expect(ends.filter { $0?.code == .unauthenticated }.count <= 10)
      #expect(ends.filter { $0?.code == .tooMany }.count >= 90)
      #expect(await bench.refusal("ana", TestBench.password)?.code == .tooMany)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `What several processes count, they count together`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.user()
      let other = try await Incidents.open(
        bench.path, settings: .quick, ambience: .init(now: { bench.clock.now }))
      for number in 0..<10 {
        let incidents = number.isMultiple(of: 2) ? other : bench.incidents
        let failure = await LimitTests.refusal {
          _ = try await incidents.logIn(name: "ana", password: Self.wrong, address: "192.0.2.1")
        }
        #expect(failure?.code == .unauthenticated)
      }
      #expect(await bench.refusal("ana", TestBench.password)?.code == .tooMany)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A clock that is put back does not block anybody for the difference`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.user()
      for _ in 1...10 { _ = await bench.refusal("ana", Self.wrong) }
      bench.clock.advance(by: -86_400)
      _ = try await bench.session()
    }
  }

  @Test(arguments: TestDatabase.all)
  func `What was counted is forgotten, so the table does not grow for ever`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      for number in 0..<40 { _ = await bench.refusal("nobody \(number)", Self.wrong) }
      let many = try await bench.integer("SELECT count(*) FROM tocsin_throttle")
      #expect(many > 80)
      bench.clock.advance(by: 3601)
      _ = await bench.refusal("one more", Self.wrong)
      let few = try await bench.integer("SELECT count(*) FROM tocsin_throttle")
      #expect(few < 8)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `An unknown user, one without a password and a disabled one cost the same work as a wrong password`(
    _ engine: TestDatabase
  )
    async throws
  {
    try await engine.run { bench in
      try await bench.user()
      try await bench.user("disabled")
      try await bench.incidents.disableUser("disabled")
      try await bench.incidents.createUser(name: "oidc only", role: .viewer, password: nil)
      for name in ["ana", "nobody", "oidc only", "disabled"] {
        let before = bench.incidents.passwordWork.taken
        #expect(await bench.refusal(name, Self.wrong)?.message == "the name or the password is wrong")
        #expect(bench.incidents.passwordWork.taken == before + 1)
      }
      let nobody = PasswordHash(ofNobodyAt: 1 << 17)
      #expect(nobody.rounds == 1 << 17 && nobody.blockSize == 8 && nobody.parallelism == 1)
      #expect(!PasswordHash(ofNobodyAt: 2).matches(""))
    }
  }
}
