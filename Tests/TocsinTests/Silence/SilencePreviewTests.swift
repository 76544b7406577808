import Foundation
import TestSupport
import Testing

@testable import Tocsin

@Suite struct SilencePreviewTests {
  /// Failure: people see other alerts beforehand than the silence holds then.
  @Test(arguments: TestDatabase.all)
  func `A silence holds what was shown before it was made`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let incidents = bench.incidents
      let alerts = ["db1", "db2", "web"].map {
        AlertIntakeTests.alert($0, severity: .low, group: $0, labels: ["host": $0])
      }
      try await incidents.receive(alerts + [AlertIntakeTests.alert("over", .resolved, labels: ["host": "db9"])])
      for texts in [
        ["host=~\"db.*\""], ["alertname=\"Alert web\""], ["severity=low", "host!=web"], ["package=DATABASE"],
        ["source=alertmanager", "host=db2"], ["host=none"],
      ] {
        let matchers = try texts.map { try LabelMatcher($0) }
        let shown = try await incidents.firingAlerts(fitting: matchers).map(\.dedupKey)
        let silence = try await incidents.createSilence(SilenceDraft(matchers, endsAt: bench.clock.now + 60))
        let held = try await incidents.firingAlerts().filter { $0.silencedBy.contains(silence.silenceGuid) }
        #expect(shown == held.map(\.alert.dedupKey), "\(texts)")
        try await incidents.expireSilence(silence.silenceGuid)
      }
      #expect(try await incidents.firingAlerts(fitting: [LabelMatcher("severity=low")]).count == 3)
    }
  }

  @Test func `What no silence may be made of is refused here too`() async throws {
    try await TestDatabase.sqlite.run { bench in
      for texts in [[], ["host=\"\""], ["host!=x"]] {
        let matchers = try texts.map { try LabelMatcher($0) }
        await #expect(throws: Failure.self) { try await bench.incidents.firingAlerts(fitting: matchers) }
      }
    }
  }
}
