import API
import Foundation
import Hummingbird
import Tocsin

/// The forms that move an incident along.
struct StatusForms: PageGroup {
  let incidents: Incidents

  func add(to table: inout RouteTable) {
    // The table of moves guards against two who move it at once; a change of its title meanwhile holds up nobody.
    table.add(form: "status", "Moves an incident to another status.", panel: "status", incidents) { visit, incident in
      let status = try Status(word: visit.form["new_status"] ?? "")
      let moved = try await visit.desk.updateStatus(incident.incidentGuid, to: status)
      return visit.done(moved.address, said: "moved_\(status.rawValue.lowercased())")
    }
    table.add(form: "closure", "Closes an incident.", panel: "close", incidents) { visit, incident in
      let closed = try await visit.desk.close(
        incident.incidentGuid, resolutionSummary: visit.text("resolution_summary"),
        rootCause: visit.text("root_cause"), expectedVersion: visit.version)
      return visit.done(closed.address, said: "moved_closed")
    }
    table.add(form: "assignment", "Makes whoever sends it responsible.", panel: "take", incidents) { visit, incident in
      let before = visit.form["was"] ?? ""
      guard incident.assignedTo ?? "" == before else {
        let owner = incident.owner ?? visit.texts("inc_nobody")
        throw Failure(.conflict, visit.texts("inc_taken", ["name": owner]))
      }
      let taken = try await visit.desk.update(
        incident.incidentGuid, IncidentChanges(assignedTo: visit.person.user.name), expectedVersion: incident.version)
      return visit.done(taken.address, said: "taken")
    }
  }
}
