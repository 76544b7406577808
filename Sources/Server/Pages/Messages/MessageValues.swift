import Foundation
import Pages
import Tocsin

/// Messages as pages show them.
enum MessageValues {
  /// Of a message that waited for days, the others say the same.
  private static let mostAttempts = 100

  /// Where a message is shown.
  static func address(_ ref: String) -> String { "/communications?ref=" + FormText.encoded(ref) }

  static func listed(_ message: ListedCommunication, _ visit: Visit) -> Template.Values {
    var values = plain(message.communication, visit)
    values["incidentTitle"] = message.incidentTitle
    values["incidentSeverity"] = message.incidentSeverity.rawValue
    values["reason"] = message.reason
    values["tries"] = visit.texts.count("message_tries", message.attempts)
    if let next = message.nextAt { values["next"] = Stamp.at(next) }
    values["mayResend"] = mayResend(
      message.communication, wasOurs: message.attempts > 0 || message.nextAt != nil, visit)
    return values
  }

  static func located(_ found: LocatedCommunication, _ visit: Visit) -> Template.Values {
    let message = found.communication
    var values = plain(message, visit)
    values["incidentTitle"] = found.incidentTitle
    values["incidentSeverity"] = found.incidentSeverity.rawValue
    values["incidentStatus"] = found.incidentStatus.rawValue
    values["incidentPackage"] = found.incidentPackage
    values["isOutbound"] = message.direction == .outbound
    values["proof"] = message.externalId ?? ""
    values["error"] = message.errorMessage ?? ""
    values["origin"] = message.originIncidentGuid ?? ""
    if let next = found.nextAt { values["next"] = Stamp.at(next) }
    // The last one first: it says how things stand.
    values["attempts"] = found.attempts.reversed().prefix(mostAttempts).map { attempt in
      [
        "number": attempt.number, "started": Stamp.at(attempt.startedAt), "outcome": attempt.outcome.rawValue,
        "took": attempt.durationMs.map { "\($0) ms" } ?? "", "answer": attempt.answer ?? "",
        "outcomeTone": attempt.outcome == .accepted ? "good" : attempt.outcome == .unclear ? "wait" : "bad",
      ]
    }
    values["hasAttempts"] = !found.attempts.isEmpty
    let earlier = found.attempts.count - mostAttempts
    if earlier > 0 { values["earlier"] = visit.texts.count("message_earlier", earlier) }
    values["mayResend"] = mayResend(message, wasOurs: !found.attempts.isEmpty || found.nextAt != nil, visit)
    values["isPending"] = message.status == DeliveryStatus.pending.rawValue
    return values
  }

  /// - Parameter wasOurs: what Tocsin did not send itself, it cannot send again.
  private static func mayResend(_ message: Communication, wasOurs: Bool, _ visit: Visit) -> Bool {
    let isOpen = [DeliveryStatus.pending, .failed].map(\.rawValue).contains(message.status)
    return visit.mayRespond && isOpen && wasOurs
  }

  private static func plain(_ message: Communication, _ visit: Visit) -> Template.Values {
    [
      "ref": message.shortRef, "address": address(message.shortRef), "refPath": FormText.encoded(message.shortRef),
      "incidentGuid": message.incidentGuid, "channel": message.channel ?? "", "recipient": message.recipient ?? "",
      "state": message.status, "tone": tone(message.status), "text": message.message ?? "",
      "direction": message.direction.rawValue, "sent": Stamp.at(message.timestamp),
    ]
  }

  private static func tone(_ status: String) -> String {
    switch DeliveryStatus(rawValue: status) {
    case .sent, .delivered: "good"
    case .failed: "bad"
    case .pending: "wait"
    case nil: ""
    }
  }
}
