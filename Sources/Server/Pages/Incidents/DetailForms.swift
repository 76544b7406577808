import API
import Foundation
import Hummingbird
import Tocsin

/// The form with what an incident is.
struct DetailForms: PageGroup {
  let incidents: Incidents

  func add(to table: inout RouteTable) {
    table.add(form: "details", "Changes what an incident is.", panel: "edit", incidents) { visit, incident in
      var changes = IncidentChanges()
      // An empty text is a value: it empties the field, or is refused.
      changes.title = visit.form["title"]?.trimmingCharacters(in: .whitespacesAndNewlines)
      changes.severity = try visit.form["severity"].map { try Severity(word: $0) }
      changes.package = visit.form["package"]?.trimmingCharacters(in: .whitespacesAndNewlines)
      changes.assignedTo = visit.form["assigned_to"]?.trimmingCharacters(in: .whitespacesAndNewlines)
      // Blanks alone empty it.
      changes.description = visit.form["description"].map { _ in visit.text("description") ?? "" }
      let changed = try await visit.desk.update(incident.incidentGuid, changes, expectedVersion: visit.version)
      return visit.done(changed.address, said: changed.version == incident.version ? "unchanged" : "changed")
    }
  }
}
