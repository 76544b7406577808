import Foundation
import Storage
import TestSupport
import Testing
import Tocsin

/// `tocsin copy`, by the built program.
@Suite struct CopyProgramTests {
  private func withSource(_ incidents: Int, _ body: (TestBench) async throws -> Void) async throws {
    try await TestDatabase.sqlite.run(channels: TestBench.channelsToFill, settings: TestBench.settingsToFill) { bench in
      try await bench.fill(incidents: incidents)
      try await body(bench)
    }
  }

  /// Failure: the process is killed in the middle of anything, and what is copied twice, half or not at all is not noticed.
  @Test func `a copy that is killed at random moments goes on each time, and ends with the same rows`() async throws {
    try await withSource(60) { bench in
      let address = try await MariaDBServer.shared().makeDatabase()
      let scratch = Scratch()
      let back = scratch.file("back.db")
      var kills = 0
      for (from, to) in [(bench.path, address), (address, back)] {
        let tocsin = Program(["TOCSIN_COPY_FROM": from, "TOCSIN_COPY_TO": to])
        for round in 1...12 {
          let running = try tocsin.start("copy", "-q")
          // Later and later, so that all of the way is met.
          try await Task.sleep(for: .milliseconds(Int.random(in: 0...250) + round * 40))
          running.signal(SIGKILL)
          if try await running.end().status != SIGKILL { break }
          kills += 1
          let used = try await Program(["TOCSIN_DATABASE": to]).run("list-incidents")
          #expect(used.status == 6 || used.status == 0)
        }
        let ended = try await tocsin.run("copy", "--json")
        // It had come to its end before it could be killed again.
        guard ended.status != 0 else { continue }
        #expect(ended.status == 5 && ended.talk.contains("holds data already"), "\(ended.talk)")
      }
      #expect(kills >= 8, "the copy was too quick to be killed: \(kills) kills")
      let tables = try DebianPeer.output(
        "sqlite3",
        [
          bench.path,
          "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'tocsin_search%' "
            + "AND name NOT LIKE 'tocsin_migration%' AND name NOT LIKE 'sqlite_%'",
        ]
      ).split(separator: "\n")
      #expect(tables.count > 25)
      for table in tables {
        let dumps = try [bench.path, back].map { path in
          try DebianPeer.output("sqlite3", ["-quote", path, "SELECT * FROM \(table)"]).split(separator: "\n").sorted()
        }
        #expect(dumps[0] == dumps[1], "\(table)")
      }
      for command in [["verify-timeline"], ["doctor"], ["migrate"]] {
        let ended = try await Program(["TOCSIN_DATABASE": back]).run(command)
        #expect(ended.status == 0, "\(ended.output) \(ended.talk)")
      }
    }
  }

  @Test func `it says what it copied, as a card, as JSON and as a number, and never the password`() async throws {
    try await withSource(6) { bench in
      for option in [nil, "--json", "-q"] {
        let address = try await MariaDBServer.shared().makeDatabase()
        let ended = try await Program().run(
          ["copy", "--from", bench.path, "--to", address] + [option].compactMap { $0 })
        #expect(ended.status == 0, "\(ended.talk)")
        #expect(!(ended.output + ended.talk).contains("s3cret"))
        switch option {
        case "--json":
          let summary = try ended.object()
          let timeline = try #require(summary["timeline"] as? [String: Any])
          #expect(summary["from"] as? String == bench.path && timeline["first_fault"] is NSNull)
          #expect((summary["tables"] as? [[String: Any]])?.first?["name"] is String && summary["left_out"] is [Any])
          #expect(ended.talk.isEmpty)
        case "-q": #expect(Int(ended.line).map { $0 > 100 } == true && ended.talk.isEmpty)
        default:
          #expect(ended.output.contains("chain whole") && ended.output.contains("data_incident "))
          #expect(ended.talk.contains("\(bench.path).key becomes the file that key_file names"), "\(ended.talk)")
        }
        let used = try await Program(["TOCSIN_DATABASE": address]).run("doctor")
        #expect(used.output.contains("chain whole"), "\(used.output)")
      }
    }
  }

  @Test func `wrong use and refused targets have their exit codes`() async throws {
    try await withSource(3) { bench in
      let other = Program()
      _ = try await other.run("create-incident", "--title", "T", "--severity", "LOW", "--package", "P")
      for (arguments, status, words) in [
        ([], 64, "--from is missing"), (["--from", bench.path], 64, "--to is missing"),
        (["--from", "postgres://x:hunter2@y/z", "--to", "x"], 64, "neither SQLite nor MariaDB"),
        (["--from", bench.path, "--to", "mariadb://a:hunter2@/z"], 64, "host"),
        (["--from", "/nowhere/x.db", "--to", other.database], 6, "no database at /nowhere/x.db"),
        (["--from", bench.path, "--to", other.database], 5, "holds data already"),
        (["--from", bench.path, "--to", bench.path], 5, "holds data already"),
      ] as [([String], Int32, String)] {
        let ended = try await Program().run(["copy"] + arguments)
        #expect(ended.status == status && ended.talk.contains(words), "\(ended.status) \(ended.talk)")
        #expect(!ended.talk.contains("hunter2"))
      }
      #expect(try await other.run("list-incidents", "-q").output.split(separator: "\n").count == 1)
    }
  }

  @Test func `until a copy is whole every command refuses its target, and says what to do`() async throws {
    try await withSource(3) { bench in
      let target = bench.path + ".copy"
      _ = try await DatabaseCopy(from: DatabasePlace(bench.path), to: DatabasePlace(target))
      let tocsin = Program(["TOCSIN_DATABASE": target])
      for command in [["list-incidents"], ["serve", "--listen", "127.0.0.1:0"], ["deliver", "--once"], ["migrate"]] {
        let ended = try await tocsin.run(command)
        #expect(
          ended.status != 0 && ended.talk.contains("run the same `tocsin copy` again"), "\(command) \(ended.talk)")
      }
      let doctor = try await tocsin.run("doctor")
      #expect(doctor.status == 1 && doctor.output.contains("unfinished copy"), "\(doctor.output)")
      #expect(try await tocsin.run("copy", "--from", bench.path, "--to", target).status == 0)
      #expect(try await tocsin.run("list-incidents", "-q").status == 0)
    }
  }
}
