import Foundation
import TestSupport
import Testing

@testable import Tocsin

@Suite struct KeyFileTests {
  @Test(arguments: TestDatabase.all)
  func `The key lies beside the database, for its owner only, and is made when it is needed`(_ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      let path = try #require(bench.incidents.settings.keyFile)
      try await bench.user()
      #expect(!FileManager.default.fileExists(atPath: path))
      let setUp = try await bench.incidents.startTOTP(of: "ana")
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
      #expect(mode?.intValue == 0o600)
      let key = try String(contentsOfFile: path, encoding: .utf8)
      #expect(key.wholeMatch(of: /[0-9a-f]{64}\n/) != nil)
      _ = try await bench.incidents.startTOTP(of: "ana")
      #expect(try String(contentsOfFile: path, encoding: .utf8) == key)
      let files = try await bench.storedBytes()
      #expect(files.range(of: Data(setUp.secret.utf8)) == nil && files.range(of: Data(setUp.totp.secret)) == nil)
      let folder = try FileManager.default.contentsOfDirectory(
        atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path)
      #expect(folder.filter { $0.contains(".key") }.count == 1, "no draft is left")
    }
  }

  @Test func `Of many who make it at once, all get the same`() async throws {
    let scratch = Scratch()
    let file = KeyFile(path: scratch.file("x.key"))
    let keys = Collected<String>()
    let ends = await atOnce(50) { _ in
      let sealed = try file.loadOrMake().seal([1, 2, 3], owner: "ana")
      keys.add(String(sealed.prefix(8)))
    }
    #expect(ends.allSatisfy { $0 == nil })
    #expect(Set(keys.all).count == 1)
  }

  @Test(arguments: TestDatabase.all)
  func `Without the key a code cannot be checked, and a recovery code still opens`(_ engine: TestDatabase) async throws
  {
    try await engine.run { bench in
      let totp = try await bench.userWithTOTP()
      bench.clock.advance(by: 30)
      for key in [nil, String(repeating: "0", count: 64), "not a key"] {
        let path = try #require(bench.incidents.settings.keyFile)
        try? FileManager.default.removeItem(atPath: path)
        if let key { try Data(key.utf8).write(to: URL(fileURLWithPath: path)) }
        let refusal = await bench.refusal("ana", TestBench.password, code: totp.code(at: bench.clock.now))
        #expect(refusal?.code == .unavailable && refusal?.message.contains(path) == false)
      }
      _ = try await bench.session(code: totp.recoveryCodes[0])
    }
  }

  @Test func `What was sealed opens with its key, for its owner, unchanged, and not otherwise`() throws {
    let key = try #require(SecretsKey(text: String(repeating: "ab", count: 32)))
    let other = try #require(SecretsKey(text: String(repeating: "ac", count: 32)))
    let sealed = try key.seal(Array("secret".utf8), owner: "ana")
    #expect(key.open(sealed, owner: "ana") == Array("secret".utf8))
    #expect(key.open(sealed, owner: "bob") == nil && other.open(sealed, owner: "ana") == nil)
    let parts = sealed.split(separator: ":")
    var bytes = [UInt8](try #require(Data(base64Encoded: String(parts[1]))))
    bytes[bytes.count - 1] ^= 1
    #expect(key.open("\(parts[0]):\(Data(bytes).base64EncodedString())", owner: "ana") == nil)
    #expect(try key.seal([1], owner: "ana") != key.seal([1], owner: "ana"), "a nonce is drawn each time")
    for text in ["", "ab", String(repeating: "zz", count: 32), String(repeating: "ab", count: 33)] {
      #expect(SecretsKey(text: text) == nil)
    }
  }
}
