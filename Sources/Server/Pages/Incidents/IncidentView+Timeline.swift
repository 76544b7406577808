import Foundation
import Pages
import Tocsin

/// Everything that happened, as one stream.
extension IncidentView {
  var timeline: Template.Values {
    var values: Template.Values = [
      "events": story.items.map(event), "hasNoEvents": story.items.isEmpty,
      "groups": [
        [
          "words": visit.texts("inc_show_all"), "to": query.withAll.text, "isOn": query.groups.isEmpty,
        ] as Template.Values
      ]
        + StoryGroup.allCases.map { group in
          [
            "words": visit.texts("inc_show_\(group.rawValue)"), "to": query.toggling(group).text,
            "isOn": query.groups.contains(group),
          ]
        },
      "turn": query.turned.text, "isOldestFirst": query.isOldestFirst, "isNarrow": !query.groups.isEmpty,
    ]
    if let cursor = story.nextCursor { values["further"] = query.from(cursor).text }
    if query.cursor != nil { values["start"] = query.from(nil).text }
    return values
  }

  func event(_ entry: StoryEntry) -> Template.Values {
    let event = entry.event
    var values: Template.Values = [
      "seq": event.seq, "kind": visit.texts("event_\(event.eventType.rawValue)"),
      "group": StoryGroup(event.eventType).rawValue, "by": Unseen.shown(event.createdBy ?? ""),
      "at": Stamp.at(event.timestamp), "isBad": event.eventType == .notificationFailed,
      "isElsewhere": event.originIncidentGuid != incident.incidentGuid, "text": Unseen.shown(event.description),
      "isNote": false, "whole": "",
    ]
    if event.eventType == .noteAdded { values.merge(note(event, entry.note)) { $1 } }
    return values
  }

  /// The note itself; of one that is lost, what the event repeats of it.
  private func note(_ event: TimelineEvent, _ note: Note?) -> Template.Values {
    let parts = event.description.split(separator: ": ", maxSplits: 1).map(String.init)
    let text = note?.content ?? parts.last ?? ""
    let isLong = text.unicodeScalars.count > Self.longestNote
    let shown = isLong ? String(text.unicodeScalars.prefix(Self.longestNote)) + "…" : text
    return [
      "isNote": true, "type": note?.noteType.rawValue ?? parts.first ?? "",
      "prose": Markdown.html(Unseen.shown(shown)),
      "whole": isLong ? incident.address + "/notes/" + FormText.encoded(note?.noteGuid ?? "") : "",
    ]
  }

  /// What happened after a form was drawn that says which event it saw last.
  func meanwhile(since seen: String?) async throws -> [Template.Values] {
    guard let seen = seen.flatMap({ Int($0) }) else { return [] }
    let latest = try await visit.incidents.story(of: incident.incidentGuid, page: PageRequest(limit: 20))
    return latest.items.filter { $0.event.seq > seen }.map(event)
  }
}
