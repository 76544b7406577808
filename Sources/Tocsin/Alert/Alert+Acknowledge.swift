import Foundation
import Storage

extension Incidents {
  /// Takes an alert on. Its incidents that nobody has taken yet move to INVESTIGATING. Taking it on again sets a new end.
  ///
  /// - Parameters:
  ///   - id: the alert's guid, or its start.
  ///   - until: when it counts as given back, unless it is over by then: its incidents' people are told again. Nil for never.
  /// - Throws: ``Failure`` with code `notFound`; `conflict` for an alert that does not fire; `invalid` for an end that is over.
  @discardableResult
  public func acknowledgeAlert(_ id: String, until: Date? = nil, by: Principal = .system) async throws -> Alert {
    let alert = try await database.write { transaction in
      var alert = try transaction.alert(id: id)
      guard alert.status == .firing else {
        throw Failure(.conflict, "the alert has resolved; there is nothing to take on")
      }
      if let until, until <= transaction.now {
        throw Failure.invalid("acknowledged_until", "is over already; name a time to come")
      }
      try transaction.acknowledge(&alert, until: until, by: by)
      return alert
    }
    outboxBell.ring()
    return alert
  }

  /// Gives an alert back that somebody had taken on.
  ///
  /// - Throws: ``Failure`` with code `notFound`; `conflict` for an alert that nobody has taken on.
  @discardableResult
  public func unacknowledgeAlert(_ id: String, by: Principal = .system) async throws -> Alert {
    try await database.write { transaction in
      var alert = try transaction.alert(id: id)
      guard alert.acknowledgedAt != nil else { throw Failure(.conflict, "nobody has taken the alert on") }
      try transaction.unacknowledge(&alert, "Alert \(alert.alertGuid) \"\(alert.title)\" given back", by: by)
      return alert
    }
  }

  /// - Throws: ``Failure`` with code `notFound`.
  public func alert(_ id: String) async throws -> Alert { try await database.read { try $0.alert(id: id) } }
}

extension Transaction {
  func acknowledge(_ alert: inout Alert, until: Date?, by: Principal) throws {
    guard alert.status == .firing else { return }
    let isKnown = alert.acknowledgedBy == by.name && alert.acknowledgedUntil == until
    guard alert.acknowledgedAt == nil || !isKnown else { return }
    alert.acknowledgedAt = now
    alert.acknowledgedBy = by.name
    alert.acknowledgedUntil = until
    try save(alert)
    let end = until.map { " until \(JSON.time($0))" } ?? ""
    for var incident in try openIncidents(of: alert) {
      try record(
        .alertAcknowledged, on: incident.incidentGuid, "Alert \(alert.alertGuid) \"\(alert.title)\" taken on\(end)",
        by: by)
      if incident.status == .created { try move(&incident, to: .investigating, by: by) }
    }
  }

  func unacknowledge(_ alert: inout Alert, _ words: String, by: Principal) throws {
    guard alert.acknowledgedAt != nil else { return }
    (alert.acknowledgedAt, alert.acknowledgedBy, alert.acknowledgedUntil) = (nil, nil, nil)
    try save(alert)
    for incident in try openIncidents(of: alert) {
      try record(.alertUnacknowledged, on: incident.incidentGuid, words, by: by)
    }
  }
}
