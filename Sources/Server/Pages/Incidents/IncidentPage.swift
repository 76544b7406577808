import API
import Foundation
import Hummingbird
import Pages
import Tocsin

/// One incident: what it is, everything that happened, and all that can be done with it.
struct IncidentPage: PageGroup {
  let incidents: Incidents

  func add(to table: inout RouteTable) {
    table.add(visit: Route(.get, "/incidents/{id}", .readers, "An incident."), incidents) { visit in
      let incident = try await visit.incident()
      // A prefix and a REF lead here too; the page has one address.
      guard try visit.parameter("id") == incident.incidentGuid else {
        return .redirect(to: incident.address, type: .normal)
      }
      do {
        return try await IncidentView(visit, incident).response()
      } catch let failure as Failure where failure.code == .invalid {
        return try await IncidentView(visit, incident, query: [:]).response(problem: failure)
      }
    }
    StatusForms(incidents: incidents).add(to: &table)
    DetailForms(incidents: incidents).add(to: &table)
    NoteForms(incidents: incidents).add(to: &table)
    AlertForms(incidents: incidents).add(to: &table)
    MessageForms(incidents: incidents).add(to: &table)
  }
}

extension RouteTable {
  /// Adds a form of an incident's page. What it refuses is said on that page, and what was typed stands there still; whoever
  /// loads the form's own address again gets the page.
  ///
  /// - Parameters:
  ///   - name: the last part of the address.
  ///   - panel: where on the page the form is.
  mutating func add(
    form name: String, _ summary: String, panel: String, _ incidents: Incidents,
    _ handler: @escaping @Sendable (Visit, Incident) async throws -> Response
  ) {
    let path = "/incidents/{id}/\(name)"
    add(visit: Route(.post, path, .responders, summary), incidents) { visit in
      let incident = try await visit.incident()
      do {
        return try await handler(visit, incident)
      } catch let failure as Failure where failure.isAboutTheForm {
        return try await visit.refusal(failure, of: panel, on: incident)
      }
    }
    add(visit: Route(.get, path, .readers, "The incident with this form."), incidents) { visit in
      .redirect(to: try await visit.incident().address, type: .normal)
    }
  }
}

extension Visit {
  /// The incident's page as it is now, with what was typed and why it was refused.
  func refusal(_ failure: Failure, of panel: String, on incident: Incident) async throws -> Response {
    let incident = try await incidents.get(incident.incidentGuid)
    let view = try await IncidentView(self, incident, typed: Typed(panel: panel, form: form))
    guard failure.code == .outdated else { return try view.response(problem: failure) }
    let problem = Failure(.outdated, texts("inc_outdated"))
    let events = try await view.meanwhile(since: form["seen"])
    return try view.response(["meanwhile": events, "hasMeanwhile": !events.isEmpty], problem: problem)
  }

  /// The version of the incident that the form was drawn from; nil when it does not say.
  var version: Int? { form["version"].flatMap { Int($0) } }
}
