import Foundation
import Tocsin

/// What came of a request, as its id: it need not be kept anywhere, and no restart can lose it. Whoever makes one up
/// deceives only themselves.
struct OpsgenieReceipt {
  /// Nil for the creation.
  let verb: Opsgenie.Verb?
  let outcome: ActionOutcome
  /// Nil when there is no such alert.
  let alertGuid: String?
  let time: Date

  init(verb: Opsgenie.Verb?, _ outcome: ActionOutcome, _ alertGuid: String?, at time: Date) {
    self.verb = verb
    self.outcome = outcome
    self.alertGuid = alertGuid
    self.time = time
  }

  /// Reads ``text``; nil when it is none.
  init?(_ text: String) {
    guard let match = text.wholeMatch(of: /([a-z]+)-([a-z]+)-([0-9]{1,15})(?:-([0-9a-f\-]{36}))?/),
      let outcome = ActionOutcome(rawValue: String(match.2)), let milliseconds = Double(match.3),
      (outcome == .unknown) == (match.4 == nil)
    else { return nil }
    verb = Opsgenie.Verb(rawValue: String(match.1))
    guard verb != nil || match.1 == "create" else { return nil }
    self.outcome = outcome
    time = Date(timeIntervalSince1970: milliseconds / 1000)
    alertGuid = match.4.map { String($0) }
  }

  /// `close-done-1764345678901-0199…`.
  var text: String {
    let milliseconds = Int64((time.timeIntervalSince1970 * 1000).rounded())
    let parts = [verb?.rawValue ?? "create", outcome.rawValue, String(milliseconds)]
    return (parts + [alertGuid].compactMap(\.self)).joined(separator: "-")
  }

  /// As Opsgenie tells it.
  func answer(_ alert: Alert?) -> JSONValue {
    let isDone = outcome == .done || outcome == .kept
    return .object([
      "success": .bool(isDone), "isSuccess": .bool(isDone), "action": .string(names.action),
      "processedAt": .string(JSON.time(time)), "integrationId": "", "status": .string(status),
      "alertId": .string(alertGuid ?? ""), "alias": .string(alert?.dedupKey ?? ""),
    ])
  }

  private var status: String {
    switch outcome {
    case .done: names.done
    case .unknown: "Alert does not exist"
    case .resolved: "Alert is already closed"
    case .free: "Alert is not acknowledged"
    case .kept: names.done + "; kept on the alert until it has an incident"
    }
  }

  private var names: (action: String, done: String) {
    switch verb {
    case nil: ("Create", "Created alert")
    case .close: ("Close", "Closed alert")
    case .acknowledge: ("Acknowledge", "Acknowledged alert")
    case .unacknowledge: ("UnAcknowledge", "UnAcknowledged alert")
    case .snooze: ("Snooze", "Snoozed alert")
    case .notes: ("AddNote", "Added note to alert")
    case .assign: ("AssignOwnership", "Assigned ownership of alert")
    case .message: ("UpdateMessage", "Updated message of alert")
    case .description: ("UpdateDescription", "Updated description of alert")
    case .priority: ("UpdatePriority", "Updated priority of alert")
    }
  }
}

extension Alert {
  /// As Opsgenie shows an alert, as far as Tocsin knows.
  var asOpsgenieShowsIt: JSONValue {
    let own: Set = ["tags", "priority", "entity", "source", "responders"]
    let tags = labels["tags"]?.split(separator: ",").map { JSONValue.string(String($0)) } ?? []
    var fields: [String: JSONValue] = [
      "id": .string(alertGuid), "alias": .string(dedupKey), "message": .string(title),
      "status": status == .firing ? "open" : "closed", "acknowledged": .bool(acknowledgedAt != nil),
      "isSeen": .bool(acknowledgedAt != nil), "seen": .bool(acknowledgedAt != nil),
      "snoozed": .bool(acknowledgedUntil != nil), "tags": .array(tags), "count": .integer(Int64(count)),
      "createdAt": .string(JSON.time(firstSeenAt)), "lastOccurredAt": .string(JSON.time(lastSeenAt)),
      "updatedAt": .string(JSON.time(lastSeenAt)), "source": .string(labels["source"] ?? ""),
      "owner": .string(acknowledgedBy ?? ""), "priority": .string(Opsgenie.priority(of: self)),
      "responders": .array([]),
      "entity": .string(labels["entity"] ?? ""), "description": .string(description ?? ""),
      "details": .object(labels.filter { !own.contains($0.key) }.mapValues { .string($0) }),
    ]
    if let acknowledgedUntil { fields["snoozedUntil"] = .string(JSON.time(acknowledgedUntil)) }
    return .object(fields)
  }
}
