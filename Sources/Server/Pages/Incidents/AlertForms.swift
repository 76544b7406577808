import API
import Foundation
import Hummingbird
import Tocsin

/// Linking an alert by its guid.
struct AlertForms: PageGroup {
  let incidents: Incidents

  func add(to table: inout RouteTable) {
    table.add(form: "alerts", "Links an alert to an incident.", panel: "link", incidents) { visit, incident in
      guard let guid = visit.typed("alert_guid") else { throw Failure(.invalid, visit.texts("inc_alert_empty")) }
      try await visit.desk.linkAlert(guid, to: incident.incidentGuid)
      return visit.done(incident.address, said: "alert_linked", anchor: "alerts")
    }
  }
}
