import Foundation
import Pages
import Tocsin

/// The forms, each with what stands in it, or with what was typed when it was refused.
extension IncidentView {
  /// Whether a panel is unfolded.
  func isOpen(_ panel: String) -> Bool { typed.isIn(panel) || visit.asked("panel") == panel }

  var composer: Template.Values {
    let text = typed.field("content", of: "composer")
    return [
      "content": text,
      "types": visit.options(NoteType.self, chosen: typed.field("note_type", of: "composer", "GENERAL")),
      "preview": typed.isIn("composer") ? Markdown.html(Unseen.shown(text)) : SafeHTML(""),
      "isPreviewed": typed.isIn("composer") && typed.form["preview"] != nil && !text.isEmpty,
    ]
  }

  var closing: Template.Values {
    [
      "isOffered": mayChange && incident.status != .closed, "isOpen": isOpen("close"),
      "resolution_summary": typed.field("resolution_summary", of: "close", incident.resolutionSummary),
      "root_cause": typed.field("root_cause", of: "close", incident.rootCause),
    ]
  }

  var edit: Template.Values {
    let form = typed
    return [
      "isOpen": isOpen("edit"),
      "edit_title": form.field("title", of: "edit", incident.title),
      "edit_package": form.field("package", of: "edit", incident.package),
      "edit_description": form.field("description", of: "edit", incident.description),
      "edit_assigned_to": form.field("assigned_to", of: "edit", incident.assignedTo),
      "severities": visit.options(
        Severity.self, chosen: form.field("severity", of: "edit", incident.severity.rawValue)),
    ]
  }
}
