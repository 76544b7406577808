import Foundation
import Storage
import TestSupport
import Testing

@testable import Tocsin

@Suite("Short references")
struct ShortRefTests {
  @Test("A reference is REF, the UTC day and three characters out of A to Z and 0 to 9", arguments: TestDatabase.all)
  func format(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      bench.clock.set(try #require(UTC.parseRFC3339("2025-12-29T23:59:59.999Z")))
      for _ in 0..<200 {
        let ref = try await bench.incidents.generateShortRef()
        #expect(ref.wholeMatch(of: /REF-20251229-[A-Z0-9]{3}/) != nil, "\(ref)")
      }
      bench.clock.advance(by: 0.001)
      #expect(try await bench.incidents.generateShortRef().hasPrefix("REF-20251230-"))
    }
  }

  @Test("Every character of the alphabet is drawn, none much more often than another")
  func even() {
    let random = SeededRandom(seed: 7)
    var counts: [Character: Int] = [:]
    for _ in 0..<20_000 {
      for character in ShortRef.candidates(on: Date(), random: random.next)[0].suffix(3) {
        counts[character, default: 0] += 1
      }
    }
    #expect(counts.count == 36)
    let expected = 60_000.0 / 36
    for (character, count) in counts {
      #expect(abs(Double(count) - expected) < expected * 0.15, "\(character): \(count), seed \(random.seed)")
    }
  }

  @Test("The database itself refuses a reference twice", arguments: TestDatabase.all)
  func unique(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guid = try await bench.incident().incidentGuid
      let first = try await bench.incidents.logCommunication(guid, LoggedCommunication(channel: "PHONE"))
      let error = await #expect(throws: StorageError.self) {
        try await bench.tamper(
          "INSERT INTO data_incident_communication (CommunicationGuid, IncidentGuid, ShortRef) VALUES ('x', ?, ?)",
          [.text(guid), .text(first.shortRef)])
      }
      #expect(error?.code == .unique)
      #expect(try await bench.events(of: guid) == [.incidentCreated, .communicationLogged])
    }
  }

  /// 46,656 codes of three characters: the day fills up, the codes grow, and the cost of a draw stays the same.
  @Test(
    "100,000 references in one day are unique, within VARCHAR(20), and the last cost what the first did",
    arguments: TestDatabase.all)
  func hundredThousand(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guid = try await bench.incident().incidentGuid
      // The search index is not under test, and would be most of the work.
      try await bench.tamper("DROP TRIGGER data_incident_communication_search_insert")
      let draws = Counter()
      let (batch, batches) = (10_000, 10)
      var worst = 0
      for number in 0..<batches {
        let before = draws.count
        try await bench.incidents.database.write { transaction in
          for row in 0..<batch {
            let counted = CountedTransaction(transaction, draws)
            let ref = try counted.newShortRef()
            try transaction.execute(
              "INSERT INTO data_incident_communication (CommunicationGuid, IncidentGuid, ShortRef) VALUES (?, ?, ?)",
              [.text("\(number)-\(row)"), .text(guid), .text(ref)])
          }
        }
        worst = max(worst, (draws.count - before) / batch)
      }
      let distinct = try await bench.integer("SELECT count(DISTINCT ShortRef) FROM data_incident_communication")
      let longest = try await bench.integer("SELECT max(length(ShortRef)) FROM data_incident_communication")
      #expect(distinct == 100_000)
      #expect(longest > 16 && longest <= 20)
      #expect(worst <= 5, "a draw takes a bounded number of look-ups")
    }
  }

  @Test(
    "A reference is found in any case and inside other text",
    arguments: [
      ("REF-20251229-A7K", "REF-20251229-A7K"), ("ref-20251229-a7k", "REF-20251229-A7K"),
      ("[Ref: REF-20251229-A7K4]", "REF-20251229-A7K4"), ("Re: x REF-20251229-ABCDEFG.", "REF-20251229-ABCDEFG"),
    ])
  func finds(_ text: String, _ ref: String) { #expect(ShortRef.find(in: text) == ref) }
}

/// Counts the look-ups for a free reference.
private struct CountedTransaction: Transaction {
  private let inner: any Transaction
  private let counter: Counter

  init(_ inner: any Transaction, _ counter: Counter) {
    self.inner = inner
    self.counter = counter
  }

  var dialect: Dialect { inner.dialect }
  var now: Date { inner.now }
  func random() -> UInt64 { inner.random() }
  func whenCommitted(_ action: @escaping @Sendable () -> Void) { inner.whenCommitted(action) }
  var closings: Closings? { inner.closings }

  func execute(_ sql: String, _ values: [SQLValue]) throws -> Int { try inner.execute(sql, values) }

  func rows(_ sql: String, _ values: [SQLValue]) throws -> [Row] {
    counter.increment()
    return try inner.rows(sql, values)
  }
}
