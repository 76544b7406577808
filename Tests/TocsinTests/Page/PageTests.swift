import Foundation
import Storage
import TestSupport
import Testing

@testable import Tocsin

@Suite struct PageTests {
  /// Failure: a row is missing or there twice, because others wrote between two pages.
  @Test(arguments: PageCase.all, TestDatabase.all)
  func `Pages hold every row once, while others insert and change rows`(_ list: PageCase, _ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      let incident = try await bench.incident().incidentGuid
      for number in 0..<60 {
        // Some rows share a moment.
        if number % 4 == 0 { bench.clock.advance(by: 1) }
        try await list.add(bench.incidents, incident, number)
      }
      let before = try await list.page(bench.incidents, incident, PageRequest(limit: .max)).items
      #expect(before.count >= 30)
      var seen: [String] = []
      var request = PageRequest(limit: 7)
      var number = 1000
      repeat {
        let page = try await list.page(bench.incidents, incident, request)
        seen += page.items
        request.cursor = page.nextCursor
        // No more than a page holds, else a list that grows at its end has none.
        for _ in 0..<3 {
          bench.clock.advance(by: 0.5)
          try await list.add(bench.incidents, incident, number)
          try await list.change(bench.incidents, incident, number)
          number += 1
        }
      } while request.cursor != nil
      #expect(Set(seen).count == seen.count, "none twice")
      #expect(seen.filter(Set(before).contains) == before, "none missing, and in order")
    }
  }

  /// Failure: a page far from the start, or of a long list, reads or sorts everything before it.
  @Test(arguments: [
    PagedList.incidents([]), .incidents([.init("Status = ?", ["CREATED"])]),
    .incidents([.init("Severity = ?", ["LOW"])]), .incidents([.init("Package = ?", ["WEB"])]),
    .incidents([.init("AssignedTo = ?", ["ana"])]), .incidents([.init("CreatedAt >= ?", ["2026-01-01 00:00:00.000"])]),
    .notes(of: "x"), .links(of: "x"), .timeline(of: "x"), .communications(of: "x"),
    .communications(of: "x", channel: "PHONE"), .alerts, .notifyRules, .silences, .comments(on: "x"),
    .messages([.failed]), .messages([.pending, .failed]), .messages([.pending, .failed], channel: "PHONE"),
    .messages(DeliveryStatus.allCases),
  ])
  func `Every page is a walk along an index, from the place where the page before ended`(_ list: PagedList) async throws
  {
    // By SQLite's words for its plans.
    try await TestDatabase.sqlite.run { bench in
      let start = list.order.map { _ in SQLValue.text("1") }
      let query = list.query(after: start, limit: 51)
      let plan = try await bench.incidents.database.read { transaction in
        try transaction.rows("EXPLAIN QUERY PLAN " + query.sql, query.values).map { try $0.text("detail") }
      }
      let key = list.order.map(\.name).joined(separator: ",")
      let seek = try Regex(list.order.count == 1 ? "\(key)[<>]\\?" : "\\(\(key)\\)[<>]\\(\\?,\\?\\)")
      let walks = plan.filter { $0.contains("USING") && $0.contains("INDEX") && $0.firstMatch(of: seek) != nil }
      #expect(walks.count == max(1, list.alternatives.count), "\(plan)")
      // Two walks are joined by sorting the two pages; nothing else is sorted or read as a whole.
      let others = plan.filter { step in
        step.contains("TEMP B-TREE") || step.hasPrefix("SCAN") && !step.hasPrefix("SCAN (subquery")
      }
      #expect(others.isEmpty || list.alternatives.count > 1, "\(plan)")
    }
  }

  /// Failure: a cursor that somebody made up or mixed up shows the wrong rows, or breaks the query.
  @Test(arguments: PageCase.all, TestDatabase.all)
  func `A cursor that is none, or of another list, is refused`(_ list: PageCase, _ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let (incident, other) = (try await bench.incident().incidentGuid, try await bench.incident().incidentGuid)
      for number in 0..<4 {
        try await list.add(bench.incidents, incident, number)
        try await list.add(bench.incidents, other, number + 10)
      }
      let cursor = try #require(try await list.page(bench.incidents, incident, PageRequest(limit: 1)).nextCursor)
      #expect(cursor.wholeMatch(of: /[A-Za-z0-9_-]+/) != nil)
      var wrong = ["", "x", "AAAA", "bnVsbA", "W10", "🔥", cursor + "x", String(cursor.dropLast(2)), cursor + cursor]
      wrong += [String(repeating: "A", count: 10_000), Data("[\"\(list.name)\",\"\\u0000\"]".utf8).base64URL]
      for another in PageCase.all where another.name.prefix(5) != list.name.prefix(5) {
        for number in 100..<104 { try await another.add(bench.incidents, incident, number) }
        wrong.append(
          try #require(try await another.page(bench.incidents, incident, PageRequest(limit: 1)).nextCursor))
      }
      for cursor in wrong {
        let failure = await LimitTests.refusal {
          _ = try await list.page(bench.incidents, incident, PageRequest(cursor: cursor))
        }
        #expect(failure?.code == .invalid && failure?.field == "cursor", "\(cursor)")
      }
      for limit in [0, -1, Int.min] {
        let failure = await LimitTests.refusal {
          _ = try await list.page(bench.incidents, incident, PageRequest(limit: limit))
        }
        #expect(failure?.field == "limit")
      }
    }
  }

  /// Failure: a cursor of one incident's notes is taken for another's.
  @Test(arguments: TestDatabase.all)
  func `A cursor belongs to one incident`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let (a, b) = (try await bench.incident().incidentGuid, try await bench.incident().incidentGuid)
      for list in [PageCase.notes, .links, .timeline, .communications] {
        for number in 0..<3 { try await list.add(bench.incidents, a, number) }
        let cursor = try await list.page(bench.incidents, a, PageRequest(limit: 1)).nextCursor
        let failure = await LimitTests.refusal {
          _ = try await list.page(bench.incidents, b, PageRequest(cursor: cursor))
        }
        #expect(failure?.field == "cursor", "\(list.name)")
      }
    }
  }

  /// Failure: the rows that a merge moved are on no page, or out of order.
  @Test(arguments: [PageCase.notes, .links, .timeline, .communications], TestDatabase.all)
  func `Pages of a merged incident hold the rows of both, in order`(_ list: PageCase, _ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      let (a, b) = (try await bench.incident().incidentGuid, try await bench.incident().incidentGuid)
      for number in 0..<20 {
        bench.clock.advance(by: 1)
        try await list.add(bench.incidents, number % 3 == 0 ? a : b, number)
      }
      try await bench.incidents.merge(b, into: a)
      let whole = try await list.page(bench.incidents, a, PageRequest(limit: .max)).items
      var (seen, request) = ([String](), PageRequest(limit: 3))
      repeat {
        let page = try await list.page(bench.incidents, a, request)
        seen += page.items
        request.cursor = page.nextCursor
      } while request.cursor != nil
      #expect(seen == whole)
      #expect(whole.count >= 20)
    }
  }
}

extension PagedList: CustomTestStringConvertible {
  public var testDescription: String { ([name] + conditions.map(\.sql)).joined(separator: ", ") }
}
