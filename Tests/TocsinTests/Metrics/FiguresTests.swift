import Foundation
import Storage
import TestSupport
import Testing
import Tocsin

@Suite struct FiguresTests {
  /// The same numbers, worked out from the incidents themselves.
  @Test(arguments: [1, 2, 3] as [UInt64])
  func `What is drawn is what the incidents say, worked out one by one`(_ seed: UInt64) async throws {
    try await TestDatabase.runEach(seed: seed) { bench in
      bench.clock.set(try #require(UTC.parseRFC3339("2028-02-26T20:00:00Z")))
      try await bench.fillByChance()
      var filter = IncidentFilter()
      filter.limit = 1000
      let all = try await bench.incidents.list(filter).items
      let days = Set(all.map { UTC.day($0.createdAt) }).sorted()
      let (first, last) = (days[days.count / 4], days[days.count * 3 / 4])
      for package in [nil, "WEB"] {
        let some = all.filter { incident in
          let day = UTC.day(incident.createdAt)
          return day >= first && day <= last && (package == nil || incident.package == package)
        }
        let figures = try await bench.incidents.figures(package: package, startDate: first, endDate: last)
        Self.compare(figures, some, now: bench.clock.now, "\(bench.engine), seed \(seed), package \(package ?? "any")")
      }
    }
  }

  private static func compare(_ figures: IncidentFigures, _ some: [Incident], now: Date, _ name: Comment) {
    #expect(figures.total == some.count && figures.merged == some.filter { $0.mergedIntoGuid != nil }.count, name)
    for severity in Severity.allCases {
      #expect(figures.bySeverity[severity] == some.filter { $0.severity == severity }.count, name)
      for day in figures.days {
        let count = some.filter { $0.severity == severity && UTC.day($0.createdAt) == day.day }.count
        #expect(day.bySeverity[severity] ?? 0 == count, name)
      }
    }
    for status in Status.allCases {
      #expect(figures.byStatus[status] == some.filter { $0.status == status }.count, name)
    }
    #expect(figures.byPackage == Dictionary(some.map { ($0.package, 1) }, uniquingKeysWith: +), name)
    let own = some.filter { $0.mergedIntoGuid == nil }
    func seconds(_ from: Date, _ to: Date) -> Double { to.timeIntervalSince(from) }
    func same(_ left: [Double], _ right: [Double]) -> Bool {
      left.count == right.count && zip(left.sorted(), right.sorted()).allSatisfy { abs($0 - $1) < 0.001 }
    }
    let acknowledged = own.compactMap { incident in incident.acknowledgedAt.map { seconds(incident.createdAt, $0) } }
    let closed = own.filter { $0.status == .closed }.compactMap { incident in
      incident.closedAt.map { seconds(incident.createdAt, $0) }
    }
    #expect(same(figures.toAcknowledge.ended, acknowledged) && same(figures.toResolve.ended, closed), name)
    let fresh = own.filter { $0.status == .created }.map { seconds($0.createdAt, now) }
    let unclosed = own.filter { $0.status != .closed }.map { seconds($0.createdAt, now) }
    #expect(same(figures.toAcknowledge.open, fresh) && same(figures.toResolve.open, unclosed), name)
  }

  @Test(arguments: TestDatabase.all)
  func `What metrics refuse, figures refuse too; with nothing there is nothing`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let none = try await bench.incidents.figures(startDate: "2026-02-27", endDate: "2026-03-01")
      #expect(none.days.map(\.day) == ["2026-02-27", "2026-02-28", "2026-03-01"] && none.total == 0)
      #expect(none.toResolve == Durations() && none.bySeverity.count == 4 && none.byStatus.count == 4)
      #expect(try await bench.incidents.figures().days.isEmpty)
      for (start, end) in [("2026-02-30", nil), ("2026-03-02", "2026-03-01"), ("1800-01-01", "2026-03-01")] {
        await #expect(throws: Failure.self) { try await bench.incidents.figures(startDate: start, endDate: end) }
      }
    }
  }
}

@Suite struct DurationHistogramTests {
  /// Each value is held against every step, by its two ends.
  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `Every duration is in the one step that holds it`(_ seed: UInt64) {
    let random = SeededRandom(seed: seed)
    func durations() -> [Double] {
      (0..<random.below(300)).map { _ in
        random.below(4) == 0 ? random.pick(DurationHistogram.bounds) : exp(Double(random.below(17_000)) / 1000) - 1
      }
    }
    let (ended, open) = (durations(), durations())
    let histogram = DurationHistogram(Durations(ended: ended, open: open))
    let ends = [0] + DurationHistogram.bounds + [.infinity]
    for (counts, values) in [(histogram.ended, ended), (histogram.open, open)] {
      #expect(counts.count == DurationHistogram.bounds.count + 1)
      for step in counts.indices {
        #expect(counts[step] == values.filter { ends[step] <= $0 && $0 < ends[step + 1] }.count, "seed \(seed)")
      }
    }
  }

  @Test func `Steps grow, and a place lies in the step that counts it`() {
    #expect(DurationHistogram.bounds == DurationHistogram.bounds.sorted())
    var last = -1.0
    for tenth in 0...200 {
      let seconds = exp(Double(tenth) / 10) - 1
      let place = DurationHistogram.place(of: seconds)
      #expect(place > last || place == Double(DurationHistogram.bounds.count + 1), "\(seconds)")
      #expect(Int(place) == DurationHistogram.step(of: seconds) || place == Double(DurationHistogram.bounds.count + 1))
      last = place
    }
    for (index, bound) in DurationHistogram.bounds.enumerated() {
      #expect(DurationHistogram.place(of: bound) == Double(index + 1))
    }
    // An hour and a half is a little over the middle between one and two, by ratio.
    #expect(abs(DurationHistogram.place(of: 5400) - 6.585) < 0.001)
  }

  @Test func `Percentiles need ten values, and are those of the spread`() throws {
    #expect(Durations(ended: (0..<9).map(Double.init), open: (0..<50).map(Double.init)).percentiles == nil)
    let known = try #require(Durations(ended: (0...10).map(Double.init)).percentiles)
    #expect(known == (5, 7.5, 9))
  }
}
