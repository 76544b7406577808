import Storage
import Testing

/// What MariaDB is told; that it takes it is seen in StorageMariaDBTests.
@Suite struct MariaDBDDLTests {
  @Test(arguments: [
    (
      "CREATE TABLE x (Id INTEGER PRIMARY KEY, Text TEXT DEFAULT 'TEXT', At DATETIME, J JSON, INDEX idx_a (At))",
      "CREATE TABLE x (Id BIGINT AUTO_INCREMENT PRIMARY KEY, Text MEDIUMTEXT DEFAULT 'TEXT', At DATETIME(3), J JSON, "
        + "INDEX idx_a (At)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin"
    ),
    ("ALTER TABLE x ADD COLUMN Since DATETIME;", "ALTER TABLE x ADD COLUMN Since DATETIME(3)"),
    ("CREATE INDEX x_idx_b ON x (Since)", "CREATE INDEX idx_b ON x (Since)"),
    ("CREATE INDEX other ON x (Since)", "CREATE INDEX other ON x (Since)"),
    ("INSERT INTO x VALUES ('INTEGER')", "INSERT INTO x VALUES ('INTEGER')"),
  ])
  func `types get what they mean on SQLite, and indexes the seeds' names`(_ ddl: String, _ expected: String) throws {
    #expect(try Dialect.mariadb.statements(ddl) == [expected])
    // Once translated, it stays.
    #expect(try Dialect.mariadb.statements(expected) == [expected])
  }

  @Test func `an index is dropped by the name it was made with`() {
    #expect(Dialect.mariadb.dropIndex("x_idx_b", of: "x") == "DROP INDEX idx_b ON x")
  }

  @Test(arguments: [
    ("db", "+tqdb*"), ("a_b", "+tqa +tqb*"), ("e\u{301}t\u{e9}", "+tqet\u{e9}*"), ("\"+-~*()<>@", ""),
    (String(repeating: "x", count: 100), "+tq" + String(repeating: "x", count: 80) + "*"),
  ])
  func `a word searched for holds nothing that a query could mean`(_ word: String, _ query: String) {
    #expect(Dialect.mariadb.searchTerm(word) == query)
  }
}
