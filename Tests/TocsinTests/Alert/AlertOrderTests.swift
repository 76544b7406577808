import Foundation
import Storage
import TestSupport
import Testing

@testable import Tocsin

/// Deliveries that come in any order, and more than once.
@Suite struct AlertOrderTests {
  private static let start = AlertIntakeTests.start

  /// The life of one alert: some firings, one after the other, most with an end, as two Alertmanagers would tell of them.
  private struct Life {
    let key: String
    var deliveries: [ReceivedAlert] = []
    /// What holds in the end when all of it came in order.
    var status = AlertStatus.firing
    var severity = Severity.low
    var title = ""
    var startsAt = AlertOrderTests.start
    var endsAt: Date?

    init(_ key: String, _ chance: SeededRandom, graveness: [Severity]) {
      self.key = key
      let firings = 1 + chance.below(3)
      for number in 0..<firings {
        let begins = AlertOrderTests.start + Double(number) * 600
        var severities = [chance.pick(graveness)]
        if chance.below(4) == 0 { severities.append(chance.pick(graveness)) }
        let ends = number < firings - 1 || chance.below(2) == 0
        for severity in severities { add(.firing, severity, begins, nil) }
        // Each of the two may see the end at a moment of its own.
        for _ in 0..<(ends ? 1 + chance.below(2) : 0) {
          add(.resolved, chance.pick(severities), begins, begins + 60 + Double(chance.below(3)) * 15)
        }
      }
      judge()
      for delivery in deliveries where chance.below(3) == 0 { deliveries.append(delivery) }
    }

    private mutating func add(_ status: AlertStatus, _ severity: Severity, _ begins: Date, _ ends: Date?) {
      let minute = Int(begins.timeIntervalSince(AlertOrderTests.start)) / 60
      deliveries.append(
        ReceivedAlert(
          source: "alertmanager", dedupKey: key, status: status, severity: severity, package: "P",
          title: "\(severity.rawValue) since \(minute)", groupKey: key, startsAt: begins, endsAt: ends))
    }

    private mutating func judge() {
      let latest = deliveries.compactMap(\.startsAt).max() ?? AlertOrderTests.start
      let last = deliveries.filter { $0.startsAt == latest }
      startsAt = latest
      endsAt = last.compactMap(\.endsAt).max()
      status = endsAt == nil ? .firing : .resolved
      severity = last.map(\.severity).max { $0.urgency < $1.urgency } ?? .low
      title = last.first { $0.severity == severity }?.title ?? ""
    }
  }

  /// Failure: retries, two Alertmanagers and several connections bring what happened in an order of their own, and an alert
  /// that is over fires for ever, or one that fires counts as over.
  @Test(.timeLimit(.minutes(10)), arguments: TestDatabase.all)
  func `10,000 random orders with repetitions end where the true order ends`(_ engine: TestDatabase)
    async throws
  {
    let seed = UInt64.random(in: 1...UInt64.max)
    let chance = SeededRandom(seed: seed)
    try await engine.run { bench in
      var lives: [String: Life] = [:]
      for batch in 0..<50 {
        var signals: [ReceivedAlert] = []
        for number in 0..<200 {
          let key = "\(batch)-\(number)"
          // One in four is grave enough for incidents.
          let life = Life(key, chance, graveness: number % 4 == 0 ? [.medium, .high, .critical] : [.low, .medium])
          lives[key] = life
          var order = life.deliveries
          // One in ten comes as it happened.
          if number % 10 != 0 {
            for index in order.indices.reversed() { order.swapAt(index, chance.below(index + 1)) }
          }
          signals += order
        }
        try await bench.incidents.receive(signals)
      }
      try await judge(bench, lives, seed)
    }
  }

  private func judge(_ bench: TestBench, _ lives: [String: Life], _ seed: UInt64) async throws {
    let (alerts, events) = try await bench.incidents.database.read { transaction in
      let alerts = try transaction.rows("SELECT * FROM data_alert").map(Alert.init)
      let events = try transaction.rows(
        """
        SELECT AlertGuid, data_incident_timeline.IncidentGuid AS Incident, EventType FROM data_incident_timeline
          JOIN data_incident_alert ON data_incident_alert.IncidentGuid = data_incident_timeline.IncidentGuid
        WHERE EventType <> 'SEVERITY_CHANGE' ORDER BY Seq
        """
      ).map { (try $0.text("AlertGuid"), try $0.text("EventType")) }
      return (alerts, events)
    }
    #expect(alerts.count == lives.count)
    let told = Dictionary(grouping: events) { $0.0 }
    var wrong = 0
    for alert in alerts {
      let life = try #require(lives[alert.dedupKey])
      let isRight =
        alert.status == life.status && alert.startsAt == life.startsAt && alert.endsAt == life.endsAt
        && alert.title == life.title && alert.severity == life.severity && alert.count == life.deliveries.count
      // What its incident says last is what is so.
      let last = told[alert.alertGuid]?.last?.1
      let isTold = last == nil || last == (life.status == .firing ? "ALERT_LINKED" : "ALERT_RESOLVED")
      if !isRight || !isTold {
        wrong += 1
        if wrong <= 3 {
          Issue.record("seed \(seed): \(alert) should be \(life); its incident says \(last ?? "nothing") last")
        }
      }
      // Nobody may miss a grave alert that fires.
      if life.status == .firing, life.severity.urgency >= Severity.high.urgency { #expect(last != nil, "seed \(seed)") }
    }
    #expect(wrong == 0, "seed \(seed)")
    #expect(try await bench.incidents.verifyTimeline().firstFault == nil)
  }
}
