import Foundation
import Storage
import StorageMariaDB
import TestSupport
import Testing

/// The seeds' own table, with the cases of StorageTests' DDLTests: both engines refuse the same.
@Suite struct SeedTableTests {
  private static let insert = "INSERT INTO data_incident_communication (CommunicationGuid, IncidentGuid, ShortRef"

  private func database() async throws -> MariaDBDatabase {
    let database = try MariaDBDatabase(MariaDBAddress(await MariaDBServer.shared().makeDatabase()))
    try await database.change { transaction in
      try transaction.execute("CREATE TABLE data_incident (IncidentGuid VARCHAR(255) PRIMARY KEY)")
      try transaction.execute(SeedTable.communication)
      try transaction.execute("INSERT INTO data_incident VALUES ('i')")
    }
    return database
  }

  @Test func `the table of the seeds runs with its defaults`() async throws {
    let database = try await database()
    try await database.change { try $0.execute("\(Self.insert)) VALUES ('c', 'i', 'REF-20251229-A7K')") }
    let row = try #require(try await database.read { try $0.row("SELECT * FROM data_incident_communication") })
    #expect(try row.text("Direction") == "OUTBOUND" && row.text("Status") == "SENT")
    #expect(abs(try row.time("Timestamp").timeIntervalSinceNow) < 100)
    for column in ["Channel", "Message", "Recipient", "ExternalId", "ErrorMessage", "Metadata"] {
      #expect(try row.optionalText(column) == nil)
    }
  }

  @Test(
    arguments: [
      (", Direction) VALUES ('c', 'i', 'r', 'SIDEWAYS')", .check),
      (", Direction) VALUES ('c', 'i', 'r', 'outbound')", .check), (", Direction) VALUES ('c', 'i', 'r', '')", .check),
      (", Channel) VALUES ('c', 'i', 'r', '\(String(repeating: "x", count: 51))')", .check),
      (") VALUES ('c', 'i', 'REF-20251229-ABCDEFGH')", .check), (", Metadata) VALUES ('c', 'i', 'r', '{')", .check),
      (") VALUES ('c', 'i', NULL)", .check), (") VALUES ('c', 'nobody', 'r')", .foreignKey),
    ] as [(String, StorageError.Code)])
  func `it refuses what the types forbid`(_ rest: String, _ code: StorageError.Code) async throws {
    let database = try await database()
    let error = await refusal { try await database.change { try $0.execute(Self.insert + rest) } }
    #expect(error?.code == code, "\(error?.message ?? "accepted")")
  }

  @Test func `a length counts characters, and a message goes with its incident`() async throws {
    let database = try await database()
    try await database.change { transaction in
      try transaction.execute(
        "\(Self.insert), Channel, Message) VALUES ('c', 'i', 'REF-20251229-ABCDEFG', ?, ?)",
        [.text(String(repeating: "\u{1F525}", count: 50)), .text(String(repeating: "x", count: 1_000_000))])
    }
    let count = try await database.write { transaction in
      try transaction.execute("DELETE FROM data_incident")
      return try transaction.integer("SELECT count(*) FROM data_incident_communication")
    }
    #expect(count == 0)
  }
}
