import Foundation
import Storage
import TestSupport
import Testing
import Tocsin

@Suite struct PeopleMigrationTests {
  @Test func `Tokens of an older Tocsin stay good, and their names stay taken`() async throws {
    let scratch = Scratch()
    let database = try SQLiteDatabase(path: scratch.file("old.db"))
    _ = try await Migrator(Array(Migrations.migrator.migrations.prefix(7))).migrate(database)
    // SHA-256 of "tocsin_old".
    let hash = "2f968414895b0d13932deac76714d8edea371c8d9cf81f201e1bc3cedaa922bd"
    _ = try await database.write { transaction in
      try transaction.execute(
        """
        INSERT INTO tocsin_token (TokenGuid, Name, Role, SecretHash, CreatedBy, CreatedAt)
        VALUES ('g1', 'grafana', 'ingest', ?, 'ana', '2026-11-20 10:00:00.000')
        """, [.text(hash)])
    }
    let incidents = try await Incidents.open(database.path, settings: .quick)
    let token = try #require(try await incidents.tokens().first)
    #expect(token.name == "grafana" && token.role == .ingest && token.lastFour == nil && token.expiresAt == nil)
    #expect(try await incidents.token(secret: "tocsin_old").tokenGuid == "g1")
    let failure = await LimitTests.refusal { _ = try await incidents.createToken(name: "grafana", role: .viewer) }
    #expect(failure?.code == .conflict)
    try await incidents.revokeToken("grafana")
    _ = try await incidents.createToken(name: "grafana", role: .viewer)
    withExtendedLifetime(scratch) {}
  }
}
