import API
import Foundation
import Hummingbird
import Pages
import Tocsin

/// Opening an incident by hand.
struct NewIncidentPage: PageGroup {
  private static let panel = "new"

  let incidents: Incidents

  func add(to table: inout RouteTable) {
    let page = Route(.get, "/incidents/new", .responders, "The form that opens an incident.")
    table.add(visit: page, incidents) { visit in try await self.page(visit, .nothing) }
    let form = Route(.post, "/incidents/new", .responders, "Opens an incident.")
    table.add(visit: form, incidents) { visit in
      do {
        return try await create(visit)
      } catch let failure as Failure where failure.isAboutTheForm {
        return try await self.page(visit, Typed(panel: Self.panel, form: visit.form), problem: failure)
      }
    }
  }

  private func page(_ visit: Visit, _ typed: Typed, problem: Failure? = nil) async throws -> Response {
    let code = typed.field("notify_code", of: Self.panel)
    let rules = try await incidents.notifyRules().map { rule -> Template.Values in
      ["code": rule.notifyCode, "ruleName": Unseen.shown(rule.notifyName), "isChosen": rule.notifyCode == code]
    }
    func field(_ name: String) -> String { typed.field(name, of: Self.panel) }
    return try visit.page(
      "incident_new",
      [
        "new_title": field("title"), "new_package": field("package"), "new_description": field("description"),
        "new_assigned_to": field("assigned_to"), "rules": rules, "hasRules": !rules.isEmpty,
        "severities": visit.options(Severity.self, chosen: typed.field("severity", of: Self.panel, "HIGH")),
      ], problem: problem)
  }

  private func create(_ visit: Visit) async throws -> Response {
    let code = visit.typed("notify_code")
    // Before anything is written: a code that is none must not leave an incident of which nobody was told.
    if let code { _ = try await incidents.notifyRule(code) }
    let incident = try await visit.desk.create(
      title: visit.typed("title") ?? "", severity: Severity(word: visit.form["severity"] ?? ""),
      package: visit.typed("package") ?? "", description: visit.text("description"),
      assignedTo: visit.typed("assigned_to"))
    guard let code else { return visit.done(incident.address, said: "created") }
    do {
      let outcome = try await incidents.notify(
        incident.incidentGuid, notifyCode: code, by: visit.principal, patience: MessageForms.patience)
      return .redirect(to: "\(incident.address)?\(outcome.text)", type: .normal)
    } catch let failure as Failure {
      // The incident stands. Its page says what is left to do.
      let view = try await IncidentView(visit, incident, typed: Typed(panel: "tell", form: ["notify_code": code]))
      return try view.response(problem: failure)
    }
  }
}
