import Foundation
import Storage
import TestSupport
import Testing

@testable import Tocsin

@Suite struct CopyRefusalTests {
  private static let ways = [CopyWay(from: .sqlite, to: .mariadb), CopyWay(from: .mariadb, to: .sqlite)]

  @Test(arguments: ways)
  func `a target that holds data is refused, and left as it is`(_ way: CopyWay) async throws {
    try await CopyBench.run(way) { bench in
      let theirs = try await Incidents.open(bench.target)
      let guid = try await theirs.create(title: "Theirs", severity: .low, package: "P", by: "w").incidentGuid
      let refusal = await bench.refusal()
      #expect(refusal?.code == .conflict && refusal?.message.contains("holds data already") == true)
      #expect(try await theirs.list().items.map(\.incidentGuid) == [guid])
      _ = try await Incidents.open(bench.target)
    }
  }

  @Test(arguments: ways)
  func `another program's database is refused, and left as it is`(_ way: CopyWay) async throws {
    try await CopyBench.run(way) { bench in
      if way.to == .sqlite { _ = try SQLiteDatabase(path: bench.target) }
      try await CopyBench.sql("CREATE TABLE bookmarks (Url TEXT)", on: bench.target)
      let refusal = await bench.refusal()
      #expect(refusal?.message.contains("bookmarks") == true, "\(refusal?.message ?? "accepted")")
      let tables = try await DatabasePlace(bench.target).open().read { transaction in
        try transaction.rows(transaction.dialect.tableNames).map { try $0.text("name") }
      }
      #expect(tables == ["bookmarks"])
    }
  }

  @Test(arguments: ways)
  func `a migrated target without rows is taken`(_ way: CopyWay) async throws {
    try await CopyBench.run(way) { bench in
      _ = try await Incidents.open(bench.target)
      #expect(try await bench.copy().rows > 100)
    }
  }

  @Test(arguments: TestDatabase.all)
  func `the same database twice is refused, and stays in use`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let same = await LimitTests.refusal {
        _ = try await DatabaseCopy(from: DatabasePlace(bench.path), to: DatabasePlace(bench.path))
      }
      #expect(same?.message.contains("are the same database") == true, "\(same?.message ?? "accepted")")
      if engine == .mariadb { try await bench.tamper("DROP TABLE IF EXISTS tocsin_copy") }
      _ = try await Incidents.open(bench.path)
    }
  }

  @Test(arguments: ways)
  func `an unfinished copy is refused by everything but the same copy`(_ way: CopyWay) async throws {
    try await CopyBench.run(way) { bench in
      _ = try await bench.begin()
      let error = await #expect(throws: StorageError.self) { _ = try await Incidents.open(bench.target) }
      #expect(error?.code == .unfinished && error?.message.contains("run the same `tocsin copy` again") == true)
      try await TestDatabase.sqlite.run { other in
        let refusal = await LimitTests.refusal {
          _ = try await DatabaseCopy(from: DatabasePlace(other.path), to: DatabasePlace(bench.target))
        }
        #expect(refusal?.message.contains("unfinished copy of another database") == true)
        let source = await LimitTests.refusal {
          _ = try await DatabaseCopy(from: DatabasePlace(bench.target), to: DatabasePlace(other.path))
        }
        #expect(source?.message.contains("unfinished copy") == true)
      }
      #expect(try await bench.copy().rows > 100)
      _ = try await Incidents.open(bench.target)
    }
  }

  @Test func `a source that is not there, or of an older schema, is refused before a target is made`() async throws {
    let scratch = Scratch()
    let (old, target) = (scratch.file("old.db"), scratch.file("target.db"))
    _ = try await Migrator(Array(Migrations.migrator.migrations.prefix(8))).migrate(SQLiteDatabase(path: old))
    for (source, words) in [(scratch.file("none.db"), "no database"), (old, "Run `tocsin migrate` on it first")] {
      let refusal = await LimitTests.refusal {
        _ = try await DatabaseCopy(from: DatabasePlace(source), to: DatabasePlace(target))
      }
      #expect(refusal?.message.contains(words) == true, "\(refusal?.message ?? "accepted")")
      #expect(!FileManager.default.fileExists(atPath: target))
    }
  }

  /// What a hand can put into an SQLite file, and MariaDB cannot hold.
  @Test(
    arguments: [
      ("UPDATE data_alert SET Count = 'many' WHERE DedupKey = 'a1'", "data_alert", "Count", "Count = 2"),
      (
        "UPDATE data_alert SET StartsAt = 'soon' WHERE DedupKey = 'a1'", "data_alert", "StartsAt",
        "StartsAt = LastSeenAt"
      ),
      (
        "UPDATE data_alert SET EndsAt = '2026-11-21 10:00:00.123456' WHERE DedupKey = 'a1'", "data_alert", "EndsAt",
        "EndsAt = NULL"
      ),
      ("UPDATE data_alert SET Count = 1.5 WHERE DedupKey = 'a1'", "data_alert", "Count", "Count = 2"),
      ("UPDATE data_alert SET Severity = 'HIGH ' WHERE DedupKey = 'a1'", "data_alert", "Severity", "Severity = 'HIGH'"),
      ("UPDATE data_alert SET Severity = 'huge' WHERE DedupKey = 'a1'", "data_alert", "Severity", "Severity = 'HIGH'"),
      (
        "UPDATE data_alert SET Package = printf('%-101s', 'x') WHERE DedupKey = 'a1'", "data_alert", "Package",
        "Package = 'x'"
      ),
      (
        "UPDATE data_alert SET Title = CAST(x'FFFE41' AS TEXT) WHERE DedupKey = 'a1'", "data_alert", "Title",
        "Title = 'x'"
      ),
      (
        "UPDATE data_alert SET Title = 'a' || char(0) || 'b' WHERE DedupKey = 'a1'", "data_alert", "Title",
        "Title = 'x'"
      ),
      ("UPDATE data_alert SET Title = x'616263' WHERE DedupKey = 'a1'", "data_alert", "Title", "Title = 'x'"),
      ("UPDATE data_alert SET Labels = '{' WHERE DedupKey = 'a1'", "data_alert", "Labels", "Labels = '{}'"),
      (
        "UPDATE data_incident_communication SET CommunicationGuid = NULL WHERE Channel = 'PHONE' AND rowid < 9",
        "data_incident_communication", "CommunicationGuid", ""
      ),
    ])
  func `a value that MariaDB cannot hold is named, and once it is mended the copy goes on`(
    _ change: String, _ table: String, _ column: String, _ mended: String
  ) async throws {
    try await CopyBench.run(CopyWay(from: .sqlite, to: .mariadb)) { bench in
      try await CopyBench.sql(change, on: bench.source.path)
      let refusal = await bench.refusal()
      #expect(refusal?.code == .conflict)
      #expect(refusal?.message.contains(": table \(table)") == true, "\(refusal?.message ?? "accepted")")
      #expect(refusal?.message.contains(", column \(column): ") == true, "\(refusal?.message ?? "accepted")")
      if mended.isEmpty {
        try await CopyBench.sql(
          "UPDATE \(table) SET \(column) = hex(rowid) WHERE \(column) IS NULL", on: bench.source.path)
      } else {
        #expect(refusal?.message.contains("row AlertGuid \"") == true)
        try await CopyBench.sql("UPDATE \(table) SET \(mended) WHERE DedupKey = 'a1'", on: bench.source.path)
      }
      #expect(try await bench.copy().rows > 100)
    }
  }

  @Test func `what is not Tocsin's is left out, and said so`() async throws {
    try await CopyBench.run(CopyWay(from: .sqlite, to: .mariadb)) { bench in
      try await CopyBench.sql(
        "CREATE TABLE ours (Id INTEGER); ALTER TABLE data_alert ADD Mine TEXT", on: bench.source.path)
      #expect(try await bench.copy().leftOut == ["ours", "data_alert.Mine"])
    }
  }

  @Test func `a broken chain is copied as it is, and said so`() async throws {
    try await CopyBench.run(CopyWay(from: .sqlite, to: .mariadb)) { bench in
      try await bench.source.tamper("UPDATE data_incident_timeline SET Description = 'nothing' WHERE Seq = 5")
      #expect(try await bench.copy().timeline.firstFault?.seq == 5)
    }
  }
}
