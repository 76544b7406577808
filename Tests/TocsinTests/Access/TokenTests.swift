import Foundation
import TestSupport
import Testing
import Tocsin

@Suite("Tokens")
struct TokenTests {
  @Test("A token is found by its secret, of which only a hash is kept", arguments: TestDatabase.all)
  func creates(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      #expect(try await !bench.incidents.hasTokens())
      let made = try await bench.incidents.createToken(name: "grafana", role: .ingest, by: "ana")
      #expect(made.secret.hasPrefix("tocsin_") && made.secret.count == 7 + 64)
      #expect(try await bench.incidents.token(secret: made.secret) == made.token)
      for wrong in [made.secret + "0", String(made.secret.dropFirst(7)), "", "tocsin_"] {
        let failure = await LimitTests.refusal { _ = try await bench.incidents.token(secret: wrong) }
        #expect(failure?.code == .unauthenticated && failure?.message == "the token is not valid")
      }
      #expect(made.token.role == .ingest && made.token.createdBy == "ana")
      #expect(try await bench.incidents.hasTokens())
      let kept = try Data(contentsOf: URL(fileURLWithPath: bench.path + "-wal"))
      #expect(kept.range(of: Data(made.secret.dropFirst(7).utf8)) == nil)
    }
  }

  @Test("A name is taken once", arguments: TestDatabase.all)
  func unique(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      _ = try await bench.incidents.createToken(name: "grafana", role: .ingest)
      let failure = await LimitTests.refusal {
        _ = try await bench.incidents.createToken(name: "grafana", role: .admin)
      }
      #expect(failure?.code == .conflict && failure?.field == "name")
      #expect(try await bench.integer("SELECT count(*) FROM tocsin_token") == 1)
    }
  }

  @Test("A role is read in any case")
  func roles() throws {
    #expect(try Role(word: "Responder") == .responder)
    let failure = #expect(throws: Failure.self) { try Role(word: "root") }
    #expect(failure?.allowed == ["viewer", "ingest", "responder", "admin"])
  }
}
