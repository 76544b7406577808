import API
import Foundation
import Hummingbird
import Tocsin

/// Telling people, telling them again, and putting on record that somebody was told.
struct MessageForms: PageGroup {
  /// Seconds to wait for the outcome. What takes longer goes on by itself, and the page shows it when it is known.
  static let patience = 5.0

  let incidents: Incidents

  func add(to table: inout RouteTable) {
    table.add(form: "notifications", "Tells the people of a notify rule.", panel: "tell", incidents) {
      visit, incident in
      guard let code = visit.typed("notify_code") else { throw Failure(.invalid, visit.texts("inc_code_empty")) }
      let outcome = try await incidents.notify(
        incident.incidentGuid, notifyCode: code, messageTemplate: visit.text("message_template"),
        by: visit.principal, patience: Self.patience)
      return .redirect(to: "\(incident.address)?\(outcome.text)#communications", type: .normal)
    }
    table.add(form: "resend", "Sends a message again.", panel: "resend", incidents) { visit, incident in
      let outcome = try await incidents.resend(visit.form["ref"] ?? "", by: visit.principal, patience: Self.patience)
      return .redirect(to: "\(incident.address)?\(outcome.text)#communications", type: .normal)
    }
    table.add(form: "communications", "Puts a message on record.", panel: "log", incidents) { visit, incident in
      let logged = LoggedCommunication(
        channel: visit.typed("channel") ?? "", direction: try Direction(word: visit.form["direction"] ?? ""),
        message: visit.text("message"), recipient: visit.typed("recipient"),
        status: try DeliveryStatus(word: visit.form["status"] ?? ""))
      try await visit.desk.logCommunication(incident.incidentGuid, logged)
      return visit.done(incident.address, said: "logged", anchor: "communications")
    }
  }
}
