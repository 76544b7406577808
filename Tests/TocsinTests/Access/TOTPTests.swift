import Foundation
import TestSupport
import Testing

@testable import Tocsin

@Suite struct TOTPTests {
  /// RFC 6238, appendix B, SHA-1.
  @Test(
    arguments: [
      (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"), (1_234_567_890, "89005924"),
      (2_000_000_000, "69279037"), (20_000_000_000, "65353130"),
    ])
  func `The RFC's test vectors fit`(_ seconds: Double, _ code: String) {
    let totp = TOTP(secret: Array("12345678901234567890".utf8))
    let step = TOTP.step(Date(timeIntervalSince1970: seconds))
    #expect(totp.code(step, digits: 8) == code)
    #expect(totp.code(step) == String(code.suffix(6)))
  }

  @Test func `oathtool reads our secrets and shows our codes`() throws {
    for number in 0..<20 {
      let totp = TOTP.draw()
      let time = Date(timeIntervalSince1970: 1_790_000_000 + Double(number) * 97)
      let output = try DebianPeer.output(
        "oathtool", ["--totp", "--base32", "--now", "@\(Int(time.timeIntervalSince1970))", Base32.encode(totp.secret)])
      #expect(output.trimmingCharacters(in: .whitespacesAndNewlines) == totp.code(TOTP.step(time)))
    }
  }

  @Test(arguments: TestDatabase.all)
  func `The app's URI names the user, whatever is in the name`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.user("Ana Müller & co? #1/2")
      let setUp = try await bench.incidents.startTOTP(of: "ana müller & co? #1/2")
      let uri = try #require(URLComponents(string: setUp.uri))
      #expect(uri.scheme == "otpauth" && uri.host == "totp" && uri.path == "/Tocsin:Ana Müller & co? #1/2")
      let items = Dictionary(uniqueKeysWithValues: (uri.queryItems ?? []).map { ($0.name, $0.value) })
      #expect(
        items == ["secret": setUp.secret, "issuer": "Tocsin", "algorithm": "SHA1", "digits": "6", "period": "30"])
      #expect(setUp.secret.count == 32)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `With a second factor the password alone opens nothing`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let totp = try await bench.userWithTOTP()
      #expect(try await bench.incidents.user("ana").hasSecondFactor)
      for nothing in [nil, ""] { #expect(try await bench.logIn(code: nothing) == .secondFactorNeeded) }
      #expect(try await bench.integer("SELECT count(*) FROM tocsin_session") == 0)
      bench.clock.advance(by: 30)
      let session = try await bench.session(code: totp.code(at: bench.clock.now))
      #expect(session.session.method == "totp")
      #expect(await bench.refusal("ana", "a wrong guess at it", code: totp.code(at: bench.clock.now))?.field == nil)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A code is good one step early and late, no more, and once`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let totp = try await bench.userWithTOTP()
      bench.clock.advance(by: 300)
      let now = TOTP.step(bench.clock.now)
      for step in [now - 2, now + 2] {
        #expect(await bench.refusal("ana", TestBench.password, code: totp.code(step))?.field == "code")
      }
      for step in [now - 1, now, now + 1] { _ = try await bench.session(code: totp.code(step)) }
      for step in [now - 1, now, now + 1] {
        #expect(await bench.refusal("ana", TestBench.password, code: totp.code(step))?.field == "code")
      }
      bench.clock.advance(by: 60)
      let code = totp.code(at: bench.clock.now)
      _ = try await bench.session(code: " \(code.prefix(3)) \(code.suffix(3)) ")
    }
  }

  @Test(arguments: TestDatabase.all)
  func `The code that turned it on does not sign in as well`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let totp = try await bench.userWithTOTP()
      let code = totp.code(at: bench.clock.now)
      #expect(await bench.refusal("ana", TestBench.password, code: code)?.code == .unauthenticated)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Of ten at once with the same code, one gets in`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let totp = try await bench.userWithTOTP()
      bench.clock.advance(by: 30)
      let code = totp.code(at: bench.clock.now)
      let ends = await atOnce(10) { number in _ = try await bench.logIn(code: code, at: "192.0.2.\(number)") }
      #expect(ends.filter { $0 == nil }.count == 1)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Wrong codes are throttled, and asking for the code step does not reset that`(_ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      let totp = try await bench.userWithTOTP()
      bench.clock.advance(by: 30)
      for number in 0..<10 {
        #expect(try await bench.logIn() == .secondFactorNeeded)
        let wrong = number.isMultiple(of: 2) ? "000000" : "aaaa-bbbb-cccc-dddd"
        #expect(await bench.refusal("ana", TestBench.password, code: wrong)?.code == .unauthenticated)
      }
      let code = totp.code(at: bench.clock.now)
      let refusal = await bench.refusal("ana", TestBench.password, code: code)
      #expect(refusal?.code == .tooMany && refusal?.retryAfter == 30)
    }
  }

  @Test(
    arguments: ["", "1", "12345", "1234567", "abcdef", "１２３４５６", "-1-1-1", "000000\0", "' OR 1=1 --", "%"],
    TestDatabase.all)
  func `A code that is none is wrong`(_ code: String, _ engine: TestDatabase) async throws {
    try await engine.run { bench in
      _ = try await bench.userWithTOTP()
      if code.isEmpty { return }
      #expect(await bench.refusal("ana", TestBench.password, code: code)?.code == .unauthenticated)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Ten recovery codes open once each, and only their hashes are kept`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let codes = try await bench.userWithTOTP().recoveryCodes
      #expect(codes.count == 10 && Set(codes).count == 10)
      #expect(codes.allSatisfy { $0.wholeMatch(of: /([a-z2-7]{4}-){3}[a-z2-7]{4}/) != nil })
      let files = try await bench.storedBytes()
      for code in codes {
        for spelling in [code, code.replacing("-", with: "")] { #expect(files.range(of: Data(spelling.utf8)) == nil) }
      }
      let session = try await bench.session(code: codes[0].uppercased().replacing("-", with: " "))
      #expect(session.session.method == "recovery_code")
      #expect(await bench.refusal("ana", TestBench.password, code: codes[0])?.code == .unauthenticated)
      #expect(try await bench.incidents.recoveryCodesLeft(of: "ana") == 9)
      let ends = await atOnce(8) { number in _ = try await bench.logIn(code: codes[1], at: "192.0.2.\(number)") }
      #expect(ends.filter { $0 == nil }.count == 1)
      let fresh = try await bench.incidents.drawRecoveryCodes(of: "ana", by: "ana")
      #expect(await bench.refusal("ana", TestBench.password, code: codes[2])?.code == .unauthenticated)
      _ = try await bench.session(code: fresh[9])
    }
  }

  @Test(arguments: TestDatabase.all)
  func `One user's recovery code and secret are no use for another`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let ana = try await bench.userWithTOTP("ana")
      let bob = try await bench.userWithTOTP("bob")
      #expect(await bench.refusal("bob", TestBench.password, code: ana.recoveryCodes[0])?.code == .unauthenticated)
      bench.clock.advance(by: 30)
      try await bench.tamper(
        "UPDATE tocsin_user SET TotpSecret = (SELECT TotpSecret FROM tocsin_user WHERE Name = 'bob') WHERE Name = 'ana'"
      )
      let refusal = await bench.refusal("ana", TestBench.password, code: bob.code(at: bench.clock.now))
      #expect(refusal?.code == .unavailable, "a sealed secret belongs to its row")
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Nothing changes until the app has shown a right code`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.user()
      let early = await LimitTests.refusal {
        _ = try await bench.incidents.confirmTOTP(of: "ana", code: "000000", by: "ana")
      }
      #expect(early?.code == .conflict)
      let first = try await bench.incidents.startTOTP(of: "ana").totp
      let second = try await bench.incidents.startTOTP(of: "ana").totp
      for wrong in [first.code(TOTP.step(bench.clock.now)), "", "000000"] {
        let failure = await LimitTests.refusal {
          _ = try await bench.incidents.confirmTOTP(of: "ana", code: wrong, by: "ana")
        }
        #expect(failure?.code == .invalid && failure?.field == "code")
      }
      _ = try await bench.session()
      _ = try await bench.incidents.confirmTOTP(of: "ana", code: second.code(TOTP.step(bench.clock.now)), by: "ana")
      #expect(try await bench.logIn() == .secondFactorNeeded)
      let again = await LimitTests.refusal { _ = try await bench.incidents.startTOTP(of: "ana") }
      #expect(again?.code == .conflict, "whoever finds an open session cannot put in an app of their own")
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Turned off, the password is enough again, and the codes are gone`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      _ = try await bench.userWithTOTP()
      try await bench.incidents.disableTOTP(of: "ana", by: "root")
      _ = try await bench.session()
      #expect(try await bench.incidents.recoveryCodesLeft(of: "ana") == 0)
      let failure = await LimitTests.refusal { try await bench.incidents.disableTOTP(of: "ana", by: "root") }
      #expect(failure?.code == .conflict)
      let actions = try await bench.actions()
      #expect(actions.contains(.totpEnabled) && actions.contains(.totpDisabled))
    }
  }
}

/// A user's authenticator app.
struct App {
  let totp: TOTP
  let recoveryCodes: [String]

  func code(_ step: Int) -> String { totp.code(step) }
  func code(at time: Date) -> String { totp.code(TOTP.step(time)) }
}

extension TestBench {
  func userWithTOTP(_ name: String = "ana") async throws -> App {
    try await user(name)
    let totp = try await incidents.startTOTP(of: name).totp
    let codes = try await incidents.confirmTOTP(of: name, code: totp.code(TOTP.step(clock.now)), by: "ana")
    return App(totp: totp, recoveryCodes: codes)
  }
}

extension TOTPSetUp {
  /// The secret as an app reads it.
  var totp: TOTP {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    let bits = secret.flatMap { letter in
      let value = alphabet.firstIndex(of: letter)!
      return (0..<5).map { value >> (4 - $0) & 1 }
    }
    return TOTP(
      secret: stride(from: 0, to: bits.count - 7, by: 8).map { start in
        bits[start..<start + 8].reduce(0) { $0 << 1 | UInt8($1) }
      })
  }
}
