import Foundation
import Tocsin

extension Incident {
  var card: Card {
    Card(title, [("id", incidentGuid)] + fields)
  }

  fileprivate var fields: [(name: String, value: String)] {
    [
      ("severity", severity.rawValue), ("status", status.rawValue), ("package", package),
      ("assigned to", assignedTo ?? ""), ("created", by(createdAt, createdBy)),
      ("acknowledged", by(acknowledgedAt, acknowledgedBy)), ("closed", by(closedAt, closedBy)),
      ("merged into", mergedIntoGuid ?? ""), ("description", description ?? ""),
      ("resolution", resolutionSummary ?? ""), ("root cause", rootCause ?? ""),
    ]
  }
}

extension IncidentDetails {
  var card: Card {
    let counts = [
      ("alerts", alertCount), ("notes", noteCount), ("messages", communicationCount), ("events", timelineCount),
    ]
    let incidentCard = incident.card
    return Card(incidentCard.title, incidentCard.fields + counts.map { ($0.0, String($0.1)) })
  }
}

extension Note {
  var card: Card {
    Card(
      nil,
      [("note", noteGuid), ("type", noteType.rawValue), ("created", by(createdAt, createdBy)), ("content", content)])
  }
}

extension Alert {
  var card: Card {
    let labels = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let end = acknowledgedUntil.map { "until \(shortTime($0))" } ?? ""
    let hold = silencedUntil.map { "until \(shortTime($0))" } ?? "no longer"
    return Card(
      title,
      [
        ("alert", alertGuid), ("severity", severity.rawValue), ("status", status.rawValue), ("package", package),
        ("source", source), ("key", dedupKey), ("count", String(count)), ("starts", shortTime(startsAt)),
        ("ends", shortTime(endsAt)), ("last seen", shortTime(lastSeenAt)),
        ("acknowledged", [by(acknowledgedAt, acknowledgedBy), end].filter { !$0.isEmpty }.joined(separator: " ")),
        ("silenced", silencedBy.map { "by \($0) \(hold)" } ?? ""),
        ("labels", labels.joined(separator: "\n")), ("url", url ?? ""), ("description", description ?? ""),
      ])
  }
}

extension AlertLink {
  var card: Card {
    Card(nil, [("alert", alertGuid), ("incident", incidentGuid), ("linked", by(linkedAt, linkedBy))])
  }
}

extension Silence {
  var card: Card {
    let days = weekdays.map(\.rawValue).joined(separator: ",")
    let weekly = days.isEmpty ? "" : "\(days) \(fromTime ?? "") for \(minutes ?? 0) min, \(timeZone ?? "")"
    return Card(
      nil,
      [
        ("silence", silenceGuid), ("state", state.rawValue), ("matchers", matchers.joined(separator: ", ")),
        ("weekly", weekly), ("holds from", shortTime(holdsFrom)), ("holds until", shortTime(holdsUntil)),
        ("ends", shortTime(endsAt)), ("created", by(createdAt, createdBy)), ("comment", comment ?? ""),
      ])
  }
}

extension NotifyRule {
  var card: Card {
    Card(
      nil,
      [
        ("code", notifyCode), ("name", notifyName), ("channels", notifyChannels), ("template", messageTemplate ?? ""),
      ])
  }
}

extension Communication {
  var card: Card {
    Card(
      nil,
      [
        ("ref", shortRef), ("incident", incidentGuid), ("channel", channel ?? ""), ("direction", direction.rawValue),
        ("status", status), ("time", shortTime(timestamp)), ("recipient", recipient ?? ""),
        ("external id", externalId ?? ""), ("error", errorMessage ?? ""), ("message", message ?? ""),
      ])
  }
}

extension LocatedCommunication {
  var card: Card {
    let incidentFields = [
      ("title", incidentTitle), ("severity", incidentSeverity.rawValue),
      ("incident status", incidentStatus.rawValue),
      ("package", incidentPackage), ("attempts", attempts.map(\.line).joined(separator: "\n")),
      ("next attempt", shortTime(nextAt)),
    ]
    return Card(nil, communication.card.fields + incidentFields)
  }
}

extension Attempt {
  fileprivate var line: String {
    let took = durationMs.map { "\($0) ms" } ?? "no end on record"
    return ["\(number).", shortTime(startedAt), outcome.rawValue, took, answer ?? ""].joined(separator: " ")
  }
}

extension TimelineVerdict {
  var card: Card {
    let fault = firstFault.map { "event \($0.seq) \($0.problem)" }
    return Card(
      nil,
      [
        ("events", String(events)), ("chain", fault == nil ? "whole" : "broken"), ("first fault", fault ?? ""),
        ("head", head),
      ])
  }
}

extension Output {
  /// Messages as rows, with their REF first.
  func show(_ communications: [Communication]) throws {
    try show(communications, ids: communications.map(\.shortRef), Self.table(communications))
  }

  /// What came of a notification. Leaves with status 7 when not all of it was accepted.
  func show(_ outcome: NotifyOutcome) throws {
    if json {
      try Terminal.write(json: outcome)
    } else {
      try show(outcome.communications)
      let rest = outcome.pending > 0 ? "; `tocsin serve` or `tocsin deliver` goes on trying" : ""
      say("\(outcome.sent) sent, \(outcome.failed) failed, \(outcome.pending) pending\(rest)")
    }
    if outcome.failed + outcome.pending > 0 { throw ExitStatus.notAllSent }
  }

  private static func table(_ communications: [Communication]) -> Table {
    let rows = communications.map { message in
      [
        message.shortRef, message.channel ?? "", way(message.direction), message.status,
        shortTime(message.timestamp), message.recipient ?? "", message.errorMessage ?? message.externalId ?? "",
      ]
    }
    return Table(
      ["ref", "channel", "way", "status", "time", "~recipient", "+proof or error"], rows,
      whenEmpty: "No messages. `tocsin notify-incident --help` shows how to send some.")
  }

  /// Short for a person.
  private static func way(_ direction: Direction) -> String {
    guard Terminal.isInteractive else { return direction.rawValue }
    return direction == .outbound ? "out" : "in"
  }

  /// An id as a table shows it: enough of it to use for a person, all of it for a pipe.
  func short(_ guid: String) -> String { Terminal.isInteractive ? String(guid.prefix(13)) : guid }
}

private func by(_ time: Date?, _ name: String?) -> String {
  [shortTime(time), name.map { "by \($0)" } ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
}
