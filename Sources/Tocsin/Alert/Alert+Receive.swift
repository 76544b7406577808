import Foundation
import Storage

/// What came of a delivery.
public struct Intake: Sendable, Equatable, Codable {
  /// Alerts in the delivery.
  public var received = 0
  /// Incidents opened, by guid.
  public var opened: [String] = []
  /// The alerts themselves, by guid. Senders are not told: most never ask.
  var alertGuids: [String] = []

  private enum CodingKeys: CodingKey { case received, opened }

  fileprivate mutating func add(_ other: Intake) {
    received += other.received
    opened += other.opened
    alertGuids += other.alertGuids
  }
}

extension Incidents {
  /// Takes in a delivery of alerts: counts up what is known, links or opens incidents as the rules
  /// say, and puts the messages of new incidents into the outbox. A repeated, late or reordered delivery changes nothing
  /// but the count.
  @discardableResult
  public func receive(_ alerts: [ReceivedAlert]) async throws -> Intake {
    try await receive(alerts.map { AlertSignal.state($0) })
  }

  /// So that one large delivery does not keep the others waiting for long.
  private static let largestWrite = 1000

  /// Takes in what a sender says of alerts and of what was done about them: all is on disk when it returns. A thousand are one
  /// write; of more, some may be kept when it throws, and are only counted when the sender tries again.
  @discardableResult
  public func receive(_ signals: [AlertSignal]) async throws -> Intake {
    let start = ContinuousClock.now
    var intake = Intake()
    for start in stride(from: 0, to: signals.count, by: Self.largestWrite) {
      let some = signals[start..<min(start + Self.largestWrite, signals.count)]
      intake.add(try await database.write { try take(Array(some), $0) })
    }
    if !intake.opened.isEmpty { outboxBell.ring() }
    if let source = signals.first?.source {
      Telemetry.intake.record(ContinuousClock.now - start, [Telemetry.source(source)])
    }
    return intake
  }

  /// The same, as part of a change.
  func take(_ signals: [AlertSignal], _ transaction: any Transaction) throws -> Intake {
    var intake = Intake()
    for signal in signals {
      switch signal {
      case .state(let alert):
        let rule = rule(for: alert)
        let outcome = try receive(alert.applying(rule, now: transaction.now), rule, &intake, transaction)
        transaction.whenCommitted { Telemetry.count(outcome, from: alert.source) }
      case .action(let action): try transaction.perform(action, self)
      }
    }
    return intake
  }

  private func receive(
    _ received: ReceivedAlert, _ rule: AlertRule, _ intake: inout Intake, _ transaction: any Transaction
  ) throws -> Telemetry.AlertOutcome {
    intake.received += 1
    guard var known = try transaction.alert(received.source, received.dedupKey) else {
      let alert = try transaction.insert(received)
      intake.alertGuids.append(alert.alertGuid)
      guard received.status == .firing else { return .kept }
      return try fire(alert, rule, &intake.opened, transaction)
    }
    intake.alertGuids.append(known.alertGuid)
    let received = received.beginning(with: known).named(as: known)
    // An end needs not repeat the labels by which the rule was found.
    let rule = received.status == .resolved ? self.rule(for: known) : rule
    try transaction.countUp(known)
    try calm(&known, rule, &intake.opened, transaction)
    if received.status == .firing, received.firesAnew(known, now: transaction.now) {
      let firing = known.firing(received, now: transaction.now)
      if received.goesOn(known, now: transaction.now), try !transaction.wasClosed(known, since: known.startsAt) {
        try transaction.save(firing)
        return .repeated
      }
      return try fire(firing, after: known, rule, &intake.opened, transaction)
    }
    if received.status == .resolved, received.ends(known) {
      let alert = known.resolved(received, now: transaction.now)
      if alert != known { try transaction.save(alert) }
      guard known.status == .firing else { return .repeated }
      try transaction.resolve(alert, rule)
      return .resolved
    }
    try transaction.keepMore(of: received, known)
    if received.status == .firing, received.startsAt == nil {
      return try fireOnceMore(known, rule, &intake.opened, transaction)
    }
    return .repeated
  }
}
