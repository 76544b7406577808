import Foundation
import Storage
import TestSupport
import Testing

@Suite("The seeds' own DDL")
struct DDLTests {
  static func database() async throws -> (Scratch, SQLiteDatabase) {
    let folder = Scratch()
    let database = try SQLiteDatabase(path: folder.file("test.db"))
    try await database.change { transaction in
      try transaction.execute("CREATE TABLE data_incident (IncidentGuid VARCHAR(255) PRIMARY KEY)")
      try transaction.execute(SeedTable.communication)
      try transaction.execute("INSERT INTO data_incident VALUES ('i')")
    }
    return (folder, database)
  }

  static let insert = "INSERT INTO data_incident_communication (CommunicationGuid, IncidentGuid, ShortRef"

  @Test("It runs, with its columns, its defaults and its four indexes")
  func runs() async throws {
    let (folder, database) = try await Self.database()
    try await database.change { try $0.execute("\(Self.insert)) VALUES ('c', 'i', 'REF-20251229-A7K')") }
    let row = try #require(try await database.read { try $0.row("SELECT * FROM data_incident_communication") })
    #expect(try row.text("Direction") == "OUTBOUND" && row.text("Status") == "SENT")
    #expect(abs(try row.time("Timestamp").timeIntervalSinceNow) < 100)
    for column in ["Channel", "Message", "Recipient", "ExternalId", "ErrorMessage", "Metadata"] {
      #expect(try row.optionalText(column) == nil)
    }
    let indexes = try await database.read { transaction in
      try transaction.integer(
        "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = ?",
        [.text("data_incident_communication")])
    }
    #expect(indexes == 4)
    withExtendedLifetime(folder) {}
  }

  @Test(
    "It refuses what the types forbid",
    arguments: [
      (", Direction) VALUES ('c', 'i', 'r', 'SIDEWAYS')", .check),
      (", Channel) VALUES ('c', 'i', 'r', '\(String(repeating: "x", count: 51))')", .check),
      (") VALUES ('c', 'i', 'REF-20251229-ABCDEFGH')", .check), (", Metadata) VALUES ('c', 'i', 'r', '{')", .check),
      (") VALUES ('c', 'i', NULL)", .check), (") VALUES ('c', 'nobody', 'r')", .foreignKey),
    ] as [(String, StorageError.Code)])
  func refuses(_ rest: String, _ code: StorageError.Code) async throws {
    let (folder, database) = try await Self.database()
    let error = await refusal { try await database.change { try $0.execute(Self.insert + rest) } }
    #expect(error?.code == code, "\(error?.message ?? "accepted")")
    withExtendedLifetime(folder) {}
  }

  @Test("A length counts characters, not bytes, and the longest fits")
  func lengths() async throws {
    let (folder, database) = try await Self.database()
    try await database.change { transaction in
      try transaction.execute(
        "\(Self.insert), Channel) VALUES ('c', 'i', 'REF-20251229-ABCDEFG', ?)",
        [.text(String(repeating: "\u{1F525}", count: 50))])
    }
    #expect(try await database.read { try $0.integer("SELECT count(*) FROM data_incident_communication") } == 1)
    withExtendedLifetime(folder) {}
  }

  @Test("A message goes with its incident")
  func cascade() async throws {
    let (folder, database) = try await Self.database()
    try await database.change { transaction in
      try transaction.execute("\(Self.insert)) VALUES ('c', 'i', 'r')")
      try transaction.execute("DELETE FROM data_incident")
    }
    #expect(try await database.read { try $0.integer("SELECT count(*) FROM data_incident_communication") } == 0)
    withExtendedLifetime(folder) {}
  }

  @Test(
    "Any other statement passes as it is",
    arguments: ["INSERT INTO x VALUES ('CREATE TABLE (')", "PRAGMA user_version"])
  func others(_ sql: String) throws {
    #expect(try Dialect.sqlite.statements(sql) == [sql])
  }
}
