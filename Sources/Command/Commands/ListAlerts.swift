import ArgumentParser
import Tocsin

struct ListAlerts: DatabaseCommand {
  static let configuration = CommandConfiguration(
    commandName: "list-alerts",
    abstract: "List the alerts of an incident, or those that came last.",
    discussion: """
      Example:
        tocsin list-alerts
        tocsin list-alerts 019aa7c0
      """)

  @Argument(help: "Guid, its first characters, or a REF. Without it: those that came last.") var id: String?
  @Option(parsing: .unconditional, help: "At most so many. [default: all of an incident, 50 of those that came last]")
  var limit: Int?
  @OptionGroup var common: CommonOptions

  func run(_ incidents: Incidents, _ output: Output) async throws {
    if let id { try await showLinks(of: id, incidents, output) } else { try await showLatest(incidents, output) }
  }

  private func showLinks(of id: String, _ incidents: Incidents, _ output: Output) async throws {
    if let limit, limit < 1 {
      throw Failure(.invalid, "limit is \(limit); it takes 1 or more", field: "limit")
    }
    let links = try await incidents.alerts(of: id).prefix(limit ?? .max)
    let rows = links.map { link in
      [
        link.alertGuid, shortTime(link.linkedAt), link.linkedBy ?? "", link.alert?.status.rawValue ?? "",
        link.alert?.title ?? "",
      ]
    }
    try output.show(
      Array(links), ids: links.map(\.alertGuid),
      Table(["alert", "linked", "by", "status", "~title"], rows, whenEmpty: "No alerts are linked to this incident."))
  }

  private func showLatest(_ incidents: Incidents, _ output: Output) async throws {
    let alerts = try await incidents.alerts(page: PageRequest(limit: limit ?? 50)).items
    let rows = alerts.map { alert in
      [
        alert.alertGuid, shortTime(alert.lastSeenAt), alert.severity.rawValue, alert.status.rawValue, alert.package,
        String(alert.count), alert.title,
      ]
    }
    try output.show(
      alerts, ids: alerts.map(\.alertGuid),
      Table(
        ["alert", "last seen", "severity", "status", "package", "count", "~title"], rows,
        whenEmpty: "No alerts yet. Point Alertmanager's webhook at /in/alertmanager of `tocsin serve`."))
  }
}
