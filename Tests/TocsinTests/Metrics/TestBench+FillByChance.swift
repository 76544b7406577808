import TestSupport
import Tocsin

extension TestBench {
  /// Sixty incidents of about two weeks, that are worked on, closed, opened again and merged by chance.
  func fillByChance() async throws {
    let random = SeededRandom(seed: random.seed)
    var open: [String] = []
    for _ in 0..<60 {
      clock.advance(by: Double(random.below(20_000_000)) / 1000)
      let made = try await incidents.create(
        title: "x", severity: random.pick(Severity.allCases), package: random.pick(["WEB", "DATABASE", "MAIL"]))
      open.append(made.incidentGuid)
      clock.advance(by: Double(random.below(3_000_000)) / 1000)
      let guid = open.remove(at: random.below(open.count))
      switch random.below(6) {
      case 0: try await incidents.close(guid)
      case 1 where !open.isEmpty: try await incidents.merge(guid, into: open[random.below(open.count)])
      case 2:
        // One that was closed and opened again goes on.
        try await incidents.close(guid)
        clock.advance(by: 60)
        try await incidents.updateStatus(guid, to: .investigating)
      case 3:
        if try await incidents.get(guid).status == .created {
          try await incidents.updateStatus(guid, to: .investigating)
        }
        open.append(guid)
      default: open.append(guid)
      }
    }
  }
}
