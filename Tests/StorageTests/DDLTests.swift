import Foundation
import Storage
import TestSupport
import Testing

@Suite("The seeds' own DDL")
struct DDLTests {
  private func database(_ engine: TestDatabase) async throws -> any Database {
    let database = try await BareDatabase(engine).open()
    try await database.change { transaction in
      try transaction.execute("CREATE TABLE data_incident (IncidentGuid VARCHAR(255) PRIMARY KEY)")
      try transaction.execute(SeedTable.communication)
      try transaction.execute("INSERT INTO data_incident VALUES ('i')")
    }
    return database
  }

  static let insert = "INSERT INTO data_incident_communication (CommunicationGuid, IncidentGuid, ShortRef"

  @Test("It runs, with its columns, its defaults and its four indexes", arguments: TestDatabase.all)
  func runs(_ engine: TestDatabase) async throws {
    let database = try await database(engine)
    try await database.change { try $0.execute("\(Self.insert)) VALUES ('c', 'i', 'REF-20251229-A7K')") }
    let row = try #require(try await database.read { try $0.row("SELECT * FROM data_incident_communication") })
    #expect(try row.text("Direction") == "OUTBOUND" && row.text("Status") == "SENT")
    #expect(abs(try row.time("Timestamp").timeIntervalSinceNow) < 100)
    for column in ["Channel", "Message", "Recipient", "ExternalId", "ErrorMessage", "Metadata"] {
      #expect(try row.optionalText(column) == nil)
    }
    let indexes =
      switch engine {
      case .sqlite:
        "sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = 'data_incident_communication'"
      case .mariadb:
        "information_schema.statistics WHERE table_schema = database() AND index_name LIKE 'idx_%' AND table_name = "
          + "'data_incident_communication'"
      }
    #expect(try await database.read { try $0.integer("SELECT count(*) FROM \(indexes)") } == 4)
  }

  @Test(
    "It refuses what the types forbid", arguments: TestDatabase.all,
    [
      (", Direction) VALUES ('c', 'i', 'r', 'SIDEWAYS')", .check),
      (", Direction) VALUES ('c', 'i', 'r', 'outbound')", .check), (", Direction) VALUES ('c', 'i', 'r', '')", .check),
      (", Timestamp) VALUES ('c', 'i', 'r', 'soon')", .check),
      (", Channel) VALUES ('c', 'i', 'r', '\(String(repeating: "x", count: 51))')", .check),
      (") VALUES ('c', 'i', 'REF-20251229-ABCDEFGH')", .check), (", Metadata) VALUES ('c', 'i', 'r', '{')", .check),
      (") VALUES ('c', 'i', NULL)", .check), (") VALUES ('c', 'nobody', 'r')", .foreignKey),
    ] as [(String, StorageError.Code)])
  func refuses(_ engine: TestDatabase, _ bad: (rest: String, code: StorageError.Code)) async throws {
    let database = try await database(engine)
    let error = await refusal { try await database.change { try $0.execute(Self.insert + bad.rest) } }
    #expect(error?.code == bad.code, "\(error?.message ?? "accepted")")
  }

  @Test("A length counts characters, not bytes, and the longest fits", arguments: TestDatabase.all)
  func lengths(_ engine: TestDatabase) async throws {
    let database = try await database(engine)
    try await database.change { transaction in
      try transaction.execute(
        "\(Self.insert), Channel) VALUES ('c', 'i', 'REF-20251229-ABCDEFG', ?)",
        [.text(String(repeating: "\u{1F525}", count: 50))])
    }
    #expect(try await database.read { try $0.integer("SELECT count(*) FROM data_incident_communication") } == 1)
  }

  @Test("A message goes with its incident", arguments: TestDatabase.all)
  func cascade(_ engine: TestDatabase) async throws {
    let database = try await database(engine)
    try await database.change { transaction in
      try transaction.execute("\(Self.insert)) VALUES ('c', 'i', 'r')")
      try transaction.execute("DELETE FROM data_incident")
    }
    #expect(try await database.read { try $0.integer("SELECT count(*) FROM data_incident_communication") } == 0)
  }

  @Test(
    "Any other statement passes as it is",
    arguments: ["INSERT INTO x VALUES ('CREATE TABLE (')", "PRAGMA user_version"])
  func others(_ sql: String) throws {
    #expect(try Dialect.sqlite.statements(sql) == [sql])
  }
}
