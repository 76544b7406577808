import Foundation
import Storage
import TestSupport
import Testing

@testable import Tocsin

/// A list that is read in pages, with how others add to it and change what is in it.
struct PageCase: Sendable, CustomTestStringConvertible {
  let name: String
  /// Adds a row; the number is unique.
  let add: @Sendable (Incidents, _ incident: String, _ number: Int) async throws -> Void
  /// Changes a row that is in the list already.
  var change: @Sendable (Incidents, _ incident: String, _ number: Int) async throws -> Void = { _, _, _ in }
  let page: @Sendable (Incidents, _ incident: String, PageRequest) async throws -> Page<String>

  var testDescription: String { name }

  static let all = [
    incidents, notes, links, timeline, communications, oneChannel, alerts, undelivered, pending, sent, failed,
    notifyRules, heartbeats, silences, silenceComments,
  ]

  static let silences = PageCase(name: "silences") { incidents, _, number in
    let draft = SilenceDraft([try LabelMatcher("host=db\(number)")], endsAt: .distantFuture)
    try await incidents.createSilence(draft)
  } change: { incidents, _, number in
    var changes = SilenceChanges()
    changes.comment = "\(number)"
    try await incidents.changeSilence(incidents.silences().items[0].silenceGuid, changes)
  } page: { incidents, _, page in
    try await incidents.silences(.active, page: page).map(\.silenceGuid)
  }

  /// There is one silence; everything is said about it.
  static let silenceComments = PageCase(name: "comments of a silence") { incidents, incident, number in
    if try await incidents.silences().items.isEmpty {
      try await incidents.createSilence(SilenceDraft([try LabelMatcher("host=db1")], endsAt: .distantFuture))
    }
    try await incidents.commentOnSilence(incidents.silences().items[0].silenceGuid, "\(number)")
  } page: { incidents, _, page in
    let silence = try await incidents.silences().items.first?.silenceGuid ?? ""
    return try await incidents.comments(onSilence: silence, page: page).map(\.commentGuid)
  }

  static let incidents = PageCase(name: "incidents") { incidents, _, number in
    try await incidents.create(title: "\(number)", severity: .low, package: "WEB")
  } change: { incidents, _, number in
    var filter = IncidentFilter()
    filter.limit = 3
    let some = try await incidents.list(filter).items[number % 3]
    try await incidents.update(some.incidentGuid, IncidentChanges(title: "changed \(number)"))
  } page: { incidents, _, page in
    var filter = IncidentFilter()
    (filter.limit, filter.cursor) = (page.limit, page.cursor)
    return try await incidents.list(filter).map(\.incidentGuid)
  }

  static let notes = PageCase(name: "notes") { incidents, incident, number in
    try await incidents.addNote(incident, type: .general, content: "\(number)")
  } page: {
    try await $0.notes(of: $1, page: $2).map(\.noteGuid)
  }

  static let links = PageCase(name: "links") { incidents, incident, number in
    try await incidents.linkAlert("alert-\(number)", to: incident)
  } change: { incidents, incident, number in
    try await incidents.linkAlert("alert-\(number % 7)", to: incident)
  } page: {
    try await $0.alerts(of: $1, page: $2).map(\.alertGuid)
  }

  static let timeline = PageCase(name: "timeline") { incidents, incident, number in
    try await incidents.addNote(incident, type: .general, content: "\(number)")
  } page: {
    try await $0.timeline(of: $1, page: $2).map { "\($0.seq)" }
  }

  static let communications = PageCase(name: "communications") { incidents, incident, number in
    try await incidents.logCommunication(
      incident, LoggedCommunication(channel: number % 2 == 0 ? "PHONE" : "FAX", message: "\(number)"))
  } page: {
    try await $0.communications(of: $1, page: $2).map(\.communicationGuid)
  }

  static let oneChannel = PageCase(name: "communications of a channel", add: communications.add) {
    try await $0.communications(of: $1, channel: "phone", page: $2).map(\.communicationGuid)
  }

  static let alerts = PageCase(name: "alerts") { incidents, _, number in
    try await incidents.receive([alert(number)])
  } change: { incidents, _, number in
    try await incidents.receive([alert(number % 7)])
  } page: { incidents, _, page in
    try await incidents.alerts(page: page).map(\.alertGuid)
  }

  static let heartbeats = PageCase(name: "heartbeats") { incidents, _, number in
    try await incidents.setHeartbeat("job-\(1_000_000 + number)", HeartbeatDraft(interval: 60))
  } change: { incidents, _, number in
    try await incidents.beat("job-\(1_000_000 + number % 7)")
  } page: { incidents, _, page in
    try await incidents.heartbeats(page: page).map(\.heartbeatName)
  }

  static let undelivered = PageCase(name: "undelivered") { incidents, incident, number in
    try await incidents.logCommunication(
      incident,
      LoggedCommunication(channel: "PHONE", message: "\(number)", status: number % 3 == 0 ? .pending : .failed))
  } change: { incidents, _, _ in
    _ = try await incidents.database.write {
      try $0.execute(
        """
        UPDATE data_incident_communication SET Status = CASE Status WHEN 'FAILED' THEN 'PENDING' ELSE 'FAILED' END
        """)
    }
  } page: { incidents, _, page in
    try await incidents.undelivered(page: page).map(\.communication.communicationGuid)
  }

  static let pending = PageCase(name: "undelivered of a status and a channel", add: undelivered.add) {
    incidents, _, page in
    try await incidents.undelivered(status: .failed, channel: "phone", page: page)
      .map(\.communication.communicationGuid)
  }

  static let sent = PageCase(name: "messages of all incidents") { incidents, incident, number in
    let statuses = DeliveryStatus.allCases
    try await incidents.logCommunication(
      incident,
      LoggedCommunication(channel: "PHONE", message: "\(number)", status: statuses[number % statuses.count]))
  } change: {
    try await undelivered.change($0, $1, $2)
  } page: { incidents, _, page in
    try await incidents.communications(page: page).map(\.communication.communicationGuid)
  }

  static let failed = PageCase(name: "messages of a status and a channel", add: undelivered.add) { incidents, _, page in
    try await incidents.communications(status: .failed, channel: "phone", page: page)
      .map(\.communication.communicationGuid)
  }

  static let notifyRules = PageCase(name: "notify rules") { incidents, _, number in
    // Somewhere between the others.
    try await incidents.setNotifyRule("R\(number * 7919 % 10_007)", name: "r", channels: "EMAIL")
  } change: { incidents, _, number in
    try await incidents.setNotifyRule("R\(number % 7 * 7919 % 10_007)", name: "changed", channels: "EMAIL")
  } page: { incidents, _, page in
    try await incidents.notifyRules(page: page).map(\.notifyCode)
  }

  private static func alert(_ number: Int) -> ReceivedAlert {
    ReceivedAlert(
      source: "json", dedupKey: "\(number)", status: .firing, severity: .low, package: "WEB", title: "\(number)",
      labels: [:], groupKey: "\(number)", startsAt: .distantPast)
  }
}

extension Page {
  func map<Other: Sendable>(_ change: (Item) -> Other) -> Page<Other> {
    Page<Other>(items: items.map(change), nextCursor: nextCursor)
  }
}
