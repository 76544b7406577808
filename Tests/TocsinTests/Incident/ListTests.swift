import Foundation
import TestSupport
import Testing
import Tocsin

@Suite("Listing incidents")
struct ListTests {
  static func titles(_ incidents: Incidents, _ set: (inout IncidentFilter) -> Void) async throws -> [String] {
    var filter = IncidentFilter()
    set(&filter)
    return try await incidents.list(filter).items.map(\.title)
  }

  @Test("The list is newest first, and each filter keeps what fits", arguments: TestDatabase.all)
  func filters(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let incidents = bench.incidents
      let start = bench.clock.now
      try await incidents.create(title: "one", severity: .critical, package: "WEB", assignedTo: "ana")
      bench.clock.advance(by: 60)
      let two = try await incidents.create(title: "two", severity: .low, package: "DATABASE", assignedTo: "bob")
      bench.clock.advance(by: 60)
      try await incidents.create(title: "three", severity: .low, package: "WEB")
      try await incidents.updateStatus(two.incidentGuid, to: .investigating)

      #expect(try await Self.titles(incidents) { _ in } == ["three", "two", "one"])
      #expect(try await Self.titles(incidents) { $0.status = .investigating } == ["two"])
      #expect(try await Self.titles(incidents) { $0.status = .created } == ["three", "one"])
      #expect(try await Self.titles(incidents) { $0.severity = .low } == ["three", "two"])
      #expect(try await Self.titles(incidents) { $0.package = "WEB" } == ["three", "one"])
      #expect(try await Self.titles(incidents) { $0.assignedTo = "ana" } == ["one"])
      #expect(try await Self.titles(incidents) { $0.since = start + 60 } == ["three", "two"])
      #expect(try await Self.titles(incidents) { $0.until = start + 60 } == ["one"])
      #expect(try await Self.titles(incidents) { $0.limit = 1 } == ["three"])
      #expect(try await Self.titles(incidents) { $0.package = "' OR '1'='1" } == [])
      let both = try await Self.titles(incidents) {
        $0.package = "WEB"
        $0.severity = .low
      }
      #expect(both == ["three"])
    }
  }

  @Test("Pages hold every incident once, also when some share a time and more come in", arguments: TestDatabase.all)
  func pages(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      for number in 0..<23 {
        if number % 4 == 0 { bench.clock.advance(by: 1) }
        try await bench.incident("\(number)")
      }
      let all = try await bench.incidents.list().items.map(\.title)
      var filter = IncidentFilter()
      filter.limit = 5
      var seen: [String] = []
      var pages = 0
      repeat {
        let page = try await bench.incidents.list(filter)
        seen += page.items.map(\.title)
        filter.cursor = page.nextCursor
        pages += 1
        bench.clock.advance(by: 1)
        try await bench.incident("later \(pages)")
      } while filter.cursor != nil
      #expect(pages == 5)
      #expect(seen == all)
    }
  }

  @Test(
    "A limit below 1 and a cursor of one's own making are refused; the largest limit is not",
    arguments: TestDatabase.all)
  func refuses(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      for limit in [0, -1, Int.min] {
        let failure = await LimitTests.refusal { _ = try await Self.titles(bench.incidents) { $0.limit = limit } }
        #expect(failure?.field == "limit")
      }
      for cursor in ["", "x", "AAAA", "JyBPUiAxPTE=", "MjAyNnwx"] {
        let failure = await LimitTests.refusal { _ = try await Self.titles(bench.incidents) { $0.cursor = cursor } }
        #expect(failure?.field == "cursor")
      }
      try await bench.incident("here")
      #expect(try await Self.titles(bench.incidents) { $0.limit = .max } == ["here"])
    }
  }
}

@Suite("Searching incidents")
struct SearchTests {
  static func found(_ bench: TestBench, _ words: String) async throws -> [String] {
    try await ListTests.titles(bench.incidents) { $0.search = words }
  }

  @Test(
    "Title, description, notes and messages are searched, by the start of words, in any case",
    arguments: TestDatabase.all)
  func searches(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let made = try await bench.incidents.create(
        title: "Connection pool exhausted", severity: .high, package: "DATABASE", description: "Réplication läuft")
      let guid = made.incidentGuid
      try await bench.incident("Something else")
      try await bench.incidents.addNote(guid, type: .general, content: "Missing index on orders.created_at")
      try await bench.incidents.logCommunication(guid, LoggedCommunication(channel: "PHONE", message: "Called Zoë"))
      for words in ["pool", "POOL", "exha", "replication", "läuft", "lauft", "index orders", "zoe", "pool zoë index"] {
        #expect(try await Self.found(bench, words) == [made.title], "\(words)")
      }
      for words in ["xhausted", "pool nowhere", "…", "", "   "] {
        #expect(try await Self.found(bench, words) == [], "\(words)")
      }
    }
  }

  @Test("The index follows edits and merges", arguments: TestDatabase.all)
  func follows(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let (a, b) = (try await bench.incident("alpha").incidentGuid, try await bench.incident("beta").incidentGuid)
      try await bench.incidents.addNote(b, type: .general, content: "needle")
      try await bench.incidents.update(a, IncidentChanges(title: "gamma", description: "thread"))
      #expect(try await Self.found(bench, "alpha") == [])
      #expect(try await Self.found(bench, "gamma thread") == ["gamma"])
      #expect(try await Self.found(bench, "needle") == ["beta"])
      try await bench.incidents.merge(b, into: a)
      #expect(try await Self.found(bench, "needle") == ["gamma"])
      try await bench.incidents.update(a, IncidentChanges(description: ""))
      #expect(try await Self.found(bench, "thread") == [])
    }
  }

  @Test(
    "Whatever is searched for is words, never a query language",
    arguments: [
      "\"", "\"\"", "pool\"", "\"pool", "pool OR x", "NOT pool", "pool*", "(pool", "pool)", "^pool", "Body:pool",
      "NEAR(pool, 2)", "{Body} : pool", "a AND", "' OR 1=1 --", "pool\0", "\\", "-pool", "+pool", "²", "①", "👩‍👩‍👧", "日本",
      "\u{0301}a", String(repeating: "a ", count: 5000),
    ], TestDatabase.all)
  func hostile(_ words: String, _ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.incident("Connection pool")
      let failure = await LimitTests.refusal { _ = try await Self.found(bench, words) }
      #expect(failure == nil)
      let parts = words.split { !$0.isLetter && !$0.isNumber }
      let hasPool = !parts.isEmpty && parts.allSatisfy { $0 == "pool" }
      #expect(try await Self.found(bench, words).isEmpty == !hasPool)
      #expect(try await bench.events(of: bench.incidents.list().items[0].incidentGuid) == [.incidentCreated])
    }
  }
}
