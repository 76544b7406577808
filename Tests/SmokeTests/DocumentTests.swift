import Foundation
import Storage
import TestSupport
import Testing
import Tocsin

@testable import Command

/// The docs say what is so.
@Suite struct DocumentTests {
  @Test(arguments: ["README.md", "docs/tour.md", "docs/cli.md"])
  func `Every command in the docs runs`(_ path: String) async throws {
    let blocks = try Repository.text(path).matches(of: /(?m)^```sh\n((?s:.*?))^```/).map { String($0.1) }
    #expect(!blocks.isEmpty)
    let tocsin = Program([
      "PATH": Program.path.components(separatedBy: "/").dropLast().joined(separator: "/") + ":/usr/bin:/bin"
    ])
    let script = try tocsin.scratch.write("blocks.sh", "set -euo pipefail\n" + blocks.joined(separator: "\n"))
    let ended = try await tocsin.run(program: "/bin/bash", [script])
    #expect(ended.status == 0, "\(ended.output.suffix(2000))\n\(ended.talk)")
  }

  @Test func `docs/cli.md has a heading for every command and names every exit code`() throws {
    let docs = try Repository.text("docs/cli.md")
    for command in Main.configuration.groupedSubcommands.flatMap(\.subcommands) {
      let name = command._commandName
      #expect(docs.contains(try Regex("(?m)^#+ .*`?\(name)`?")), "\(name) is not in docs/cli.md")
    }
    for status in ExitStatus.allCases {
      #expect(docs.contains("`\(status.rawValue)`") || docs.contains("| \(status.rawValue) |"))
    }
  }

  @Test func `docs/schema.sqlite.sql is the schema`() async throws {
    let scratch = Scratch()
    let database = try SQLiteDatabase(path: scratch.file("schema.db"))
    _ = try await Migrations.migrator.migrate(database)
    let statements = try await database.read { transaction in
      try transaction.rows(
        """
        SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'tocsin_search_%' OR name = 'tocsin_search_entry'
        ORDER BY type = 'trigger', type = 'index', rowid
        """
      ).map { try $0.text("sql") }
    }
    try Self.expect(statements, in: "docs/schema.sqlite.sql")
  }

  @Test func `docs/schema.mariadb.sql is the schema`() async throws {
    let database = try DatabasePlace(await MariaDBServer.shared().makeDatabase()).open()
    _ = try await Migrations.migrator.migrate(database)
    let statements = try await database.read { transaction in
      let tables = try transaction.rows(transaction.dialect.tableNames).map { try $0.text("name") } + ["tocsin_writer"]
      let triggers = try transaction.rows(
        "SELECT trigger_name AS name FROM information_schema.triggers WHERE trigger_schema = database() ORDER BY trigger_name"
      ).map { try $0.text("name") }
      return try tables.map { try transaction.row("SHOW CREATE TABLE \($0)")?.text("Create Table") ?? "" }
        + triggers.map { try transaction.row("SHOW CREATE TRIGGER \($0)")?.text("SQL Original Statement") ?? "" }
    }
    // Counters and who made it are not the schema.
    let plain = statements.map { $0.replacing(#/ AUTO_INCREMENT=\d+/#, with: "").replacing(#/DEFINER=\S+ /#, with: "") }
    try Self.expect(plain, in: "docs/schema.mariadb.sql")
  }

  private static func expect(_ statements: [String], in document: String) throws {
    let schema = statements.map { $0 + ";\n" }.joined(separator: "\n")
    let path = Repository.root + "/" + document
    let kept = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    if kept != schema, ProcessInfo.processInfo.environment["TOCSIN_TEST_WRITE_SCHEMA"] != nil {
      try Data(schema.utf8).write(to: URL(fileURLWithPath: path))
    }
    #expect(kept == schema, "run TOCSIN_TEST_WRITE_SCHEMA=1 bin/test --filter schema, and look at the difference")
  }
}
