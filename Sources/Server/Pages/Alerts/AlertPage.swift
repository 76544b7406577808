import API
import Foundation
import Hummingbird
import Pages
import Tocsin

/// One alert, and what can be done about it.
struct AlertPage: PageGroup {
  let incidents: Incidents

  func add(to table: inout RouteTable) {
    table.add(visit: Route(.get, "/alerts/{alert}", .readers, "An alert."), incidents) { visit in
      try await page(visit)
    }
    form("/acknowledge", "Takes an alert on.", said: "alert_taken", to: &table) { visit, guid in
      try await visit.desk.acknowledgeAlert(guid, until: visit.typed("until"))
    }
    form("/give-back", "Gives an alert back.", said: "alert_given_back", to: &table) { visit, guid in
      try await visit.desk.unacknowledgeAlert(guid)
    }
    form("/link", "Links an alert to an incident.", said: "alert_joined", to: &table) { visit, guid in
      guard let incident = visit.typed("incident") else {
        throw Failure(.invalid, visit.texts("alert_link_missing"), field: "incident")
      }
      try await visit.desk.linkAlert(guid, to: incident)
    }
  }

  private func form(
    _ path: String, _ summary: String, said: String, to table: inout RouteTable,
    _ perform: @escaping @Sendable (Visit, String) async throws -> Void
  ) {
    table.add(visit: Route(.post, "/alerts/{alert}" + path, .responders, summary), incidents) { visit in
      let guid = try await incidents.alert(visit.parameter("alert")).alertGuid
      do {
        try await perform(visit, guid)
      } catch let failure as Failure where failure.isAboutTheForm {
        return try await page(visit, problem: failure)
      }
      return visit.done("/alerts/\(guid)", said: said)
    }
  }

  private func page(_ visit: Visit, problem failure: Failure? = nil) async throws -> Response {
    let details = try await incidents.details(ofAlert: visit.parameter("alert"))
    return try visit.page("alert", AlertCard(details, visit).values, problem: failure)
  }
}

/// Everything about one alert.
private struct AlertCard {
  let details: AlertDetails
  let visit: Visit

  init(_ details: AlertDetails, _ visit: Visit) { (self.details, self.visit) = (details, visit) }

  private var alert: Alert { details.alert }

  var values: Template.Values {
    var values = AlertRow(alert, now: visit.now).values(visit.texts)
    values.merge(moments) { $1 }
    values["incidents"] = details.incidents.map(\.values)
    values["hasNone"] = details.incidents.isEmpty
    values["notes"] = details.notes.map { note in
      [
        "by": note.createdBy, "content": Markdown.html(note.content), "written": Stamp.at(note.createdAt),
        "isAssignment": note.assignedTo != nil,
      ]
    }
    values["hasNotes"] = !details.notes.isEmpty
    values["labels"] = alert.labels.sorted { $0.key < $1.key }.map { ["label": $0.key, "labelValue": $0.value] }
    values["hasLabels"] = !alert.labels.isEmpty
    if let text = alert.description { values["description"] = text }
    if let address = webAddress(alert.url) {
      values["link"] = address
    } else {
      values["plainAddress"] = alert.url ?? ""
    }
    values["key"] = alert.dedupKey
    values["mayRespond"] = visit.mayRespond
    values["mayTake"] = visit.mayRespond && alert.status == .firing
    values["opening"] = opening
    values["silencing"] = "/silences/new?" + FormText.encoded([("alert", alert.alertGuid)])
    values["typedIncident"] = visit.form["incident"] ?? ""
    values["typedUntil"] = visit.form["until"] ?? ""
    values["live"] = "all"
    return values
  }

  private var moments: Template.Values {
    let all: [(String, Date?)] = [
      ("began", alert.startsAt), ("ended", alert.status == .resolved ? alert.endsAt : nil),
      ("first", alert.firstSeenAt),
      ("last", alert.lastSeenAt), ("taken", alert.acknowledgedAt), ("takenUntil", alert.acknowledgedUntil),
      ("flapping", alert.flappingSince), ("expires", alert.status == .firing ? alert.expiresAt : nil),
    ]
    return Dictionary(uniqueKeysWithValues: all.compactMap { name, date in date.map { (name, Stamp.at($0)) } })
  }

  /// The form for a new incident, filled in.
  private var opening: String {
    let fields = [
      ("alert", alert.alertGuid), ("title", alert.title), ("severity", alert.severity.rawValue),
      ("package", alert.package),
    ]
    return "/incidents/new?" + FormText.encoded(fields)
  }
}
