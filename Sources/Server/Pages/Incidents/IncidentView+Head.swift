import Foundation
import Pages
import Tocsin

/// What it is, how it stands, and what can be done next.
extension IncidentView {
  var head: Template.Values {
    let me = visit.person.user.name
    var values: Template.Values = [
      "short": incident.shortGuid, "title": Unseen.shown(incident.title), "severity": incident.severity.rawValue,
      "status": incident.status.rawValue, "package": Unseen.shown(incident.package), "owner": incident.owner ?? "",
      "was": incident.assignedTo ?? "", "isMine": incident.assignedTo == me,
      "mayTake": mayChange && incident.assignedTo != me && incident.status != .closed,
      "moves": mayChange ? moves : [],
      "isClosed": incident.status == .closed,
    ]
    if let closedAt = incident.closedAt {
      values["lasted"] = Stamp.span(closedAt.timeIntervalSince(incident.createdAt))
    } else {
      values["born"] = Stamp.age(incident.createdAt, now: visit.now)
    }
    return values
  }

  /// The moves that the table of states allows; the one that comes next by itself first.
  private var moves: [Template.Values] {
    let next = incident.status.next
    let usual: [Status: Status] = [
      .created: .investigating, .investigating: .monitoring, .monitoring: .closed, .closed: .investigating,
    ]
    let first = usual[incident.status].flatMap { next.contains($0) ? $0 : nil } ?? next[0]
    return ([first] + next.filter { $0 != first }).map { status in
      [
        "to": status.rawValue, "words": words(to: status), "isClose": status == .closed, "isFirst": status == first,
        "isReopen": incident.status == .closed,
      ]
    }
  }

  private func words(to status: Status) -> String {
    let texts = visit.texts
    switch (incident.status, status) {
    case (.created, .investigating): return texts("inc_acknowledge")
    case (.closed, .investigating): return texts("inc_reopen")
    case (_, .investigating): return texts("inc_back_to_investigating")
    case (_, .monitoring): return texts("inc_to_monitoring")
    case (_, .closed): return texts("inc_close")
    case (_, .created): return status.rawValue
    }
  }

  /// The way from CREATED to CLOSED, with the time in each.
  var steps: [Template.Values] {
    let now = visit.now
    return Status.allCases.map { status in
      let isHere = status == incident.status
      var values: Template.Values = [
        "step": status.rawValue, "isHere": isHere, "wasHere": times[status] != nil || isHere,
      ]
      if isHere, status == .closed, let closedAt = incident.closedAt {
        values["since"] = Stamp.at(closedAt)
      } else if let seconds = times[status] {
        // Where it still runs, the script lets it go on.
        if isHere {
          values["running"] = Stamp.age(now.addingTimeInterval(-seconds), now: now)
        } else {
          values["took"] = Stamp.span(seconds)
        }
      }
      return values
    }
  }

  var facts: Template.Values {
    var values: Template.Values = [
      "createdAt": Stamp.at(incident.createdAt), "createdBy": Unseen.shown(incident.createdBy ?? ""),
      "description": prose(incident.description), "resolution": prose(incident.resolutionSummary),
      "cause": prose(incident.rootCause),
    ]
    if let at = incident.acknowledgedAt {
      values["acknowledged"] =
        ["at": Stamp.at(at), "by": Unseen.shown(incident.acknowledgedBy ?? "")] as Template.Values
    }
    if let at = incident.closedAt {
      values["closed"] = ["at": Stamp.at(at), "by": Unseen.shown(incident.closedBy ?? "")] as Template.Values
    }
    return values
  }

  private func prose(_ text: String?) -> SafeHTML { Markdown.html(Unseen.shown(text ?? "")) }
}
