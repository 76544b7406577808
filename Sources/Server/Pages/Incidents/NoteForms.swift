import API
import Foundation
import Hummingbird
import Pages
import Tocsin

/// Writing a note, and seeing it before.
struct NoteForms: PageGroup {
  let incidents: Incidents

  func add(to table: inout RouteTable) {
    table.add(form: "notes", "Adds a note to an incident.", panel: "composer", incidents) { visit, incident in
      guard visit.form["preview"] == nil else {
        let typed = Typed(panel: "composer", form: visit.form)
        return try await IncidentView(visit, incident, typed: typed).response()
      }
      let type = try NoteType(word: visit.form["note_type"] ?? "")
      guard let text = visit.text("content") else { throw Failure(.invalid, visit.texts("inc_note_empty")) }
      try await visit.desk.addNote(incident.incidentGuid, type: type, content: text)
      return visit.done(incident.address, said: "note_added", anchor: "timeline")
    }
    let whole = Route(.get, "/incidents/{id}/notes/{note}", .readers, "A note, in full.")
    table.add(visit: whole, incidents) { visit in
      let (incident, guid) = (try await visit.incident(), try visit.parameter("note"))
      guard let note = try await incidents.notes(of: incident.incidentGuid).first(where: { $0.noteGuid == guid }) else {
        throw Failure(.notFound, visit.texts("inc_no_note"))
      }
      return try visit.page(
        "incident_note",
        [
          "address": incident.address, "title": Unseen.shown(incident.title), "type": note.noteType.rawValue,
          "by": Unseen.shown(note.createdBy ?? ""), "at": Stamp.at(note.createdAt),
          "prose": Markdown.html(Unseen.shown(note.content)),
        ])
    }
    let preview = Route(.post, "/preview", .responders, "Shows how a note will look.")
    table.add(visit: preview, incidents) { visit in
      .page(Markdown.html(Unseen.shown(visit.text("text") ?? "")).text)
    }
  }
}
