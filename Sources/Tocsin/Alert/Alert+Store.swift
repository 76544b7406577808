import Foundation
import Storage

extension Transaction {
  func alert(_ source: String, _ dedupKey: String) throws -> Alert? {
    try row("SELECT * FROM data_alert WHERE Source = ? AND DedupKey = ?", [.text(source), .text(dedupKey)])
      .map(Alert.init)
  }

  func insert(_ received: ReceivedAlert) throws -> Alert {
    let guid = newGuid()
    let columns: [SQLValue] = [
      .text(guid), .text(received.source), .text(received.dedupKey), .text(received.status.rawValue),
      .text(received.severity.rawValue), .text(received.package), .text(received.title),
      .text(received.description), .text(try JSON.encode(received.labels)),
      .text(received.groupKey.keyFitting255), .text(received.url), .time(received.startsAt), .time(received.endsAt),
      .time(now), .time(now),
    ]
    try execute(
      """
      INSERT INTO data_alert (AlertGuid, Source, DedupKey, Status, Severity, Package, Title, Description, Labels, GroupKey,
        Url, StartsAt, EndsAt, FirstSeenAt, LastSeenAt, Count) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
      """, columns)
    return Alert(
      alertGuid: guid, source: received.source, dedupKey: received.dedupKey, status: received.status,
      severity: received.severity, package: received.package, title: received.title,
      description: received.description, labels: received.labels, groupKey: received.groupKey.keyFitting255,
      url: received.url, startsAt: received.startsAt, endsAt: received.endsAt, firstSeenAt: now, lastSeenAt: now,
      count: 1)
  }

  /// The known alert fires again, with what it says now, or resolves.
  func update(_ known: Alert, _ received: ReceivedAlert) throws -> Alert {
    let alert = received.status == .firing ? known.firing(received) : known.resolved(received, now: now)
    try execute(
      """
      UPDATE data_alert SET Status = ?, Severity = ?, Package = ?, Title = ?, Description = ?, Labels = ?, GroupKey = ?,
        Url = ?, StartsAt = ?, EndsAt = ?, LastSeenAt = ?, Count = Count + 1 WHERE AlertGuid = ?
      """,
      [
        .text(alert.status.rawValue), .text(alert.severity.rawValue), .text(alert.package), .text(alert.title),
        .text(alert.description), .text(try JSON.encode(alert.labels)), .text(alert.groupKey), .text(alert.url),
        .time(alert.startsAt), .time(alert.endsAt), .time(now), .text(alert.alertGuid),
      ])
    return alert
  }

  func countUp(_ alert: Alert) throws {
    try execute(
      "UPDATE data_alert SET Count = Count + 1, LastSeenAt = ? WHERE AlertGuid = ?",
      [.time(now), .text(alert.alertGuid)])
  }
}

extension Alert {
  /// It may come back worse than it went: severity and words are those of the new firing.
  fileprivate func firing(_ received: ReceivedAlert) -> Alert {
    var alert = self
    alert.status = .firing
    alert.severity = received.severity
    alert.package = received.package
    alert.title = received.title
    alert.description = received.description
    alert.labels = received.labels
    alert.groupKey = received.groupKey.keyFitting255
    alert.url = received.url
    alert.startsAt = received.startsAt
    alert.endsAt = nil
    return alert
  }

  fileprivate func resolved(_ received: ReceivedAlert, now: Date) -> Alert {
    var alert = self
    alert.status = .resolved
    // A sender may have forgotten when it began. Going back would take its last firing, delivered again, for a new one.
    alert.startsAt = max(startsAt, received.startsAt)
    alert.endsAt = received.endsAt ?? now
    return alert
  }
}
