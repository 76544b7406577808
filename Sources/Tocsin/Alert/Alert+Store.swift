import Foundation
import Storage

extension Transaction {
  func alert(_ source: String, _ dedupKey: String) throws -> Alert? {
    try row("SELECT * FROM data_alert WHERE Source = ? AND DedupKey = ?", [.text(source), .text(dedupKey)])
      .map(Alert.init)
  }

  func insert(_ received: ReceivedAlert) throws -> Alert {
    let alert = Alert(received, guid: newGuid(), now: now)
    try execute(
      """
      INSERT INTO data_alert (AlertGuid, Source, DedupKey, Status, Severity, Package, Title, Description, Labels, GroupKey,
        Url, StartsAt, EndsAt, FirstSeenAt, LastSeenAt, Count, ExpiresAt, CheckAt)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?)
      """,
      [
        .text(alert.alertGuid), .text(alert.source), .text(alert.dedupKey), .text(alert.status.rawValue),
        .text(alert.severity.rawValue), .text(alert.package), .text(alert.title), .text(alert.description),
        .text(JSON.write(alert.labels)), .text(alert.groupKey), .text(alert.url), .time(alert.startsAt),
        .time(alert.endsAt), .time(now), .time(now), .time(alert.expiresAt), .time(alert.checkAt),
      ])
    return alert
  }

  /// Everything about the alert but its identity and how often it was received.
  func save(_ alert: Alert) throws {
    try execute(
      """
      UPDATE data_alert SET Status = ?, Severity = ?, Package = ?, Title = ?, Description = ?, Labels = ?, GroupKey = ?,
        Url = ?, StartsAt = ?, EndsAt = ?, AcknowledgedAt = ?, AcknowledgedBy = ?, AcknowledgedUntil = ?, SilencedBy = ?,
        SilencedUntil = ?, FlappingSince = ?, FlappingUntil = ?, ExpiresAt = ?, CheckAt = ?
      WHERE AlertGuid = ?
      """,
      [
        .text(alert.status.rawValue), .text(alert.severity.rawValue), .text(alert.package), .text(alert.title),
        .text(alert.description), .text(JSON.write(alert.labels)), .text(alert.groupKey), .text(alert.url),
        .time(alert.startsAt), .time(alert.endsAt), .time(alert.acknowledgedAt), .text(alert.acknowledgedBy),
        .time(alert.acknowledgedUntil), .text(alert.silencedBy), .time(alert.silencedUntil), .time(alert.flappingSince),
        .time(alert.flappingUntil), .time(alert.expiresAt), .time(alert.checkAt), .text(alert.alertGuid),
      ])
  }

  func countUp(_ alert: Alert) throws {
    try execute(
      "UPDATE data_alert SET Count = Count + 1, LastSeenAt = ? WHERE AlertGuid = ?",
      [.time(now), .text(alert.alertGuid)])
  }

  /// What a repetition, or a late delivery, says beyond what is known: that the alert was graver than it seemed, though it
  /// is over; that it fires for longer.
  func keepMore(of received: ReceivedAlert, _ known: Alert) throws {
    if received.startsAt == known.startsAt, received.severity.urgency > known.severity.urgency {
      var alert = known
      alert.takeWords(of: received)
      return try save(alert)
    }
    if received.status == known.status, let time = received.expiresAt, time > known.expiresAt ?? .distantPast {
      try expire(known, at: time)
    }
  }

  private func expire(_ alert: Alert, at time: Date) throws {
    var alert = alert
    alert.expiresAt = time
    try execute(
      "UPDATE data_alert SET ExpiresAt = ?, CheckAt = ? WHERE AlertGuid = ?",
      [.time(time), .time(alert.checkAt), .text(alert.alertGuid)])
  }
}

extension Alert {
  /// It may come back worse than it went: severity and words are those of the new firing. Whoever took on the last one did
  /// not take on this one.
  func firing(_ received: ReceivedAlert, now: Date) -> Alert {
    var alert = self
    alert.status = .firing
    alert.takeWords(of: received)
    if status == .resolved || received.startsAt != nil { alert.startsAt = received.startsAt ?? now }
    alert.endsAt = nil
    alert.expiresAt = received.expiresAt
    if status == .resolved {
      (alert.acknowledgedAt, alert.acknowledgedBy, alert.acknowledgedUntil) = (nil, nil, nil)
      (alert.silencedBy, alert.silencedUntil) = (nil, nil)
    }
    return alert
  }

  /// The end does not depend on the order in which deliveries come: the latest firing counts, the latest end of it, and
  /// the words of its gravest delivery.
  func resolved(_ received: ReceivedAlert, now: Date) -> Alert {
    var alert = self
    let isLater = received.startsAt.map { $0 > startsAt } ?? false
    let isGraver = received.startsAt == startsAt && received.severity.urgency > severity.urgency
    if isLater || isGraver { alert.takeWords(of: received) }
    alert.status = .resolved
    // A sender may have forgotten when it began. Going back would take its last firing, delivered again, for a new one.
    alert.startsAt = max(startsAt, received.startsAt ?? startsAt)
    // An end that was only inferred gives way to the sender's own.
    let isKnown = status == .resolved && expiresAt == nil && !isLater
    let ends = [received.endsAt, isKnown ? endsAt : nil].compactMap { $0 }
    alert.endsAt = ends.max() ?? (isLater ? now : endsAt ?? now)
    alert.expiresAt = nil
    return alert
  }

  mutating func takeWords(of received: ReceivedAlert) {
    severity = received.severity
    package = received.package
    title = received.title
    description = received.description
    labels = received.labels
    groupKey = received.groupKey
    url = received.url
  }
}
