import API
import Foundation
import Hummingbird
import Pages
import Tocsin

/// The alerts that came in.
struct AlertListPage: PageGroup {
  let incidents: Incidents

  func add(to table: inout RouteTable) {
    table.add(visit: Route(.get, "/alerts", .readers, "The alerts."), incidents) { visit in
      let query = AlertQuery(visit)
      var values = query.values(visit)
      values["live"] = "all"
      do {
        let page = try await incidents.alerts(query.filter(), page: PageRequest(cursor: visit.asked("cursor")))
        let linked = try await incidents.incidents(ofAlerts: page.items.map(\.alertGuid))
        values["alerts"] = page.items.map { alert in
          AlertRow(alert, linked[alert.alertGuid] ?? [], now: visit.now).values(visit.texts)
        }
        values["isEmpty"] = page.items.isEmpty
        if let next = page.nextCursor { values["older"] = query.address.with([("cursor", next)]) }
        return try visit.page("alerts", values)
      } catch let failure as Failure where failure.isAboutTheForm {
        return try visit.page("alerts", values, problem: failure)
      }
    }
  }
}

/// What the list's address says.
private struct AlertQuery {
  private static let views = ["firing", "unattended", "silenced", "acknowledged", "resolved", "all"]

  let view: String
  let (severity, source, package): (String?, String?, String?)

  init(_ visit: Visit) {
    view = visit.asked("view")?.lowercased() ?? "firing"
    (severity, source, package) = (visit.asked("severity"), visit.asked("source"), visit.asked("package"))
  }

  func filter() throws -> AlertFilter {
    var filter = AlertFilter()
    filter.severity = try severity.map { try Severity(word: $0) }
    (filter.source, filter.package) = (source, package)
    if view != "all" { filter.status = view == "resolved" ? .resolved : .firing }
    switch view {
    case "firing", "resolved", "all": break
    case "unattended": (filter.hasOpenIncident, filter.silenced) = (false, false)
    case "silenced": filter.silenced = true
    case "acknowledged": filter.acknowledged = true
    default:
      throw Failure(
        .invalid,
        "view \"\(printable(view))\" is not known\(hint(view, Self.views)). "
          + "Allowed: \(Self.views.joined(separator: ", "))", field: "view", allowed: Self.views)
    }
    return filter
  }

  var address: PageAddress {
    PageAddress(
      path: "/alerts",
      fields: [("view", view), ("severity", severity), ("source", source), ("package", package)])
  }

  func values(_ visit: Visit) -> Template.Values {
    let views = Self.views.map { (value: $0, text: visit.texts("alert_view_\($0)")) }
    return [
      "views": address.chips("view", views, chosen: view), "view": view,
      "severities": options(Severity.allCases.map(\.rawValue), chosen: severity),
      "wantedSource": source ?? "", "wantedPackage": package ?? "",
      "isFiltered": severity != nil || source != nil || package != nil,
      "emptyText": visit.texts.all["alert_empty_\(view)"] ?? "",
      "unfiltered": PageAddress(path: "/alerts").with([("view", view)]),
      "newAlerts": visit.texts.all["alert_new.other"] ?? "", "newAlert": visit.texts.all["alert_new.one"] ?? "",
    ]
  }
}
