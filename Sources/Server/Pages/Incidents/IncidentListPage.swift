import API
import Foundation
import Hummingbird
import Pages
import Tocsin

/// The incidents, and what can be done with several at once.
struct IncidentListPage: PageGroup {
  let incidents: Incidents

  func add(to table: inout RouteTable) {
    table.add(visit: Route(.get, "/incidents", .readers, "The incidents."), incidents) { visit in
      if let ref = visit.asked("search"), let found = await visit.incident(ref: ref) {
        return .redirect(to: found.address, type: .normal)
      }
      return try await visit.incidentList(IncidentQuery(visit.query), ["live": "all"])
    }
    let route = Route(.post, "/incidents/bulk", .responders, "Does one thing to several incidents.")
    table.add(visit: route, incidents) { visit in try await BulkChange(visit).response() }
    table.add(visit: Route(.get, "/incidents/bulk", .readers, "The incidents."), incidents) { _ in
      .redirect(to: "/incidents", type: .normal)
    }
  }
}

extension Visit {
  /// Whoever looks for a REF wants its incident.
  fileprivate func incident(ref: String) async -> Incident? {
    guard ref.wholeMatch(of: /(?i)\[?(ref: ?)?REF-[0-9A-Z-]+\]?/) != nil else { return nil }
    return try? await incidents.get(ref)
  }

  /// The list. A filter that is wrong stands on the page, with what was typed.
  func incidentList(
    _ query: IncidentQuery, _ more: Template.Values = [:], problem: Failure? = nil
  ) async throws -> Response {
    var values = listValues(query).merging(more) { $1 }
    do {
      let page = try await incidents.list(try query.filter(cursor: asked("cursor"), now: now))
      values["rows"] = page.items.map(row)
      (values["isEmpty"], values["hasRows"]) = (page.items.isEmpty, !page.items.isEmpty)
      if let cursor = page.nextCursor { values["older"] = query.address(cursor: cursor) }
      if let done = asked("done").flatMap({ Int($0) }) { values["said"] = texts.count("inc_done", done) }
      return try self.page("incidents", values, problem: problem)
    } catch let failure as Failure where failure.code == .invalid {
      return try self.page("incidents", values, problem: problem ?? failure)
    }
  }

  private func listValues(_ query: IncidentQuery) -> Template.Values {
    var values: Template.Values = [
      "rows": [Template.Values](), "isEmpty": false, "hasRows": false, "mayRespond": mayRespond, "query": query.text,
      "status": query.status, "chips": chips(query), "isNarrowed": query.isNarrowed, "everything": "/incidents",
      "severities": options(Severity.self, chosen: query.fields["severity"]?.uppercased()),
      "me": person.user.name, "isFirstPage": asked("cursor") == nil, "first": query.address(),
      "bulk_assigned_to": "", "bulk_resolution": "",
    ]
    for name in ["package", "assigned_to", "search", "since", "until"] {
      values["f_" + name] = query.fields[name] ?? ""
    }
    return values
  }

  private func chips(_ query: IncidentQuery) -> [Template.Values] {
    let mine = person.user.name
    let states = (["open", "all"] + Status.allCases.map(\.rawValue)).map { state -> Template.Values in
      let words = texts.all["inc_chip_\(state)"] ?? state
      return [
        "words": words, "address": query.with("status", state).address(),
        "isOn": query.status.caseInsensitiveCompare(state) == .orderedSame,
      ]
    }
    let isMine = query.fields["assigned_to"] == mine
    return states + [
      [
        "words": texts("inc_chip_mine"), "address": query.with("assigned_to", isMine ? nil : mine).address(),
        "isOn": isMine,
      ]
    ]
  }
}
