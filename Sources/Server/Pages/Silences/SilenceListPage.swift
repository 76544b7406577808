import API
import Foundation
import Hummingbird
import Pages
import Tocsin

/// The silences.
struct SilenceListPage: PageGroup {
  let incidents: Incidents

  func add(to table: inout RouteTable) {
    table.add(visit: Route(.get, "/silences", .readers, "The silences."), incidents) { visit in
      let state = visit.asked("state")?.uppercased() ?? SilenceState.active.rawValue
      let address = PageAddress(path: "/silences", fields: [("state", state.lowercased())])
      let choices = SilenceState.allCases.map(\.rawValue) + ["ALL"]
      var values: Template.Values = [
        "views": address.chips(
          "state", choices.map { ($0.lowercased(), visit.texts("silence_view_\($0.lowercased())")) },
          chosen: state.lowercased()),
        "emptyText": visit.texts.all["silence_empty_\(state.lowercased())"] ?? "", "mayRespond": visit.mayRespond,
        "live": "all",
      ]
      do {
        let wanted = state == "ALL" ? nil : try SilenceState(word: state)
        let page = try await incidents.silences(wanted, page: PageRequest(cursor: visit.asked("cursor")))
        values["silences"] = page.items.map { $0.values(visit.texts) }
        values["isEmpty"] = page.items.isEmpty
        if let next = page.nextCursor { values["older"] = address.with([("cursor", next)]) }
        return try visit.page("silences", values)
      } catch let failure as Failure where failure.isAboutTheForm {
        return try visit.page("silences", values, problem: failure)
      }
    }
  }
}

extension Silence {
  /// As lists show it.
  func values(_ texts: Texts) -> Template.Values {
    var values: Template.Values = [
      "guid": silenceGuid, "state": state.rawValue, "matchers": matchers.map { ["matcher": $0] },
      "comment": comment ?? "", "by": createdBy, "made": Stamp.at(createdAt), "starts": Stamp.at(startsAt),
      "tone": state == .active ? "wait" : "", "isWeekly": !weekdays.isEmpty, "isExpired": state == .expired,
    ]
    if let endsAt { values["ends"] = Stamp.at(endsAt) }
    if let holdsFrom, let holdsUntil { values["hold"] = ["from": Stamp.at(holdsFrom), "until": Stamp.at(holdsUntil)] }
    if !weekdays.isEmpty {
      values["weekly"] = texts(
        "silence_weekly_words",
        [
          "days": weekdays.map { texts("silence_day_\($0.rawValue)") }.joined(separator: ", "), "time": fromTime ?? "",
          "length": Stamp.span(Double(minutes ?? 0) * 60), "zone": timeZone ?? "UTC",
        ])
    }
    return values
  }
}
