import API
import ArgumentParser
import Tocsin

struct ListAlerts: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "list-alerts",
    abstract: "List the alerts of an incident, or those that came last.",
    discussion: """
      Example:
        tocsin list-alerts
        tocsin list-alerts --status FIRING --severity CRITICAL --no-acknowledged
        tocsin list-alerts 019aa7c0
      """)

  @Argument(help: "Guid, its first characters, or a REF. Without it: those that came last.") var id: String?
  @Option(parsing: .unconditional, help: "At most so many. [default: all of an incident, 50 of those that came last]")
  var limit: Int?
  @Option(help: "FIRING or RESOLVED.", completion: .words(AlertStatus.self)) var status: String?
  @Option(help: "CRITICAL, HIGH, MEDIUM or LOW.", completion: .words(Severity.self)) var severity: String?
  @Option(parsing: .unconditional, help: "Only those that came in this dialect: alertmanager, json, heartbeat …")
  var source: String?
  @Option(parsing: .unconditional, help: "Only this package's.") var package: String?
  @Flag(inversion: .prefixedNo, exclusivity: .exclusive, help: "Only those that somebody has taken on, or nobody has.")
  var acknowledged: Bool?
  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    var filter = AlertFilter()
    filter.status = try status.map { try AlertStatus(word: $0) }
    filter.severity = try severity.map { try Severity(word: $0) }
    (filter.source, filter.package, filter.acknowledged) = (source, package, acknowledged)
    guard let id else { return try await showLatest(filter, desk, output) }
    guard filter.isEmpty else {
      throw Failure(.invalid, "an incident's alerts are listed whole; leave the id out, or the conditions")
    }
    try await showLinks(of: id, desk, output)
  }

  private func showLinks(of id: String, _ desk: any Desk, _ output: Output) async throws {
    let links = try await desk.alerts(of: id, limit: limit)
    let rows = links.map { link in
      [
        link.alertGuid, shortTime(link.linkedAt), link.linkedBy ?? "", link.alert?.status.rawValue ?? "",
        link.alert?.title ?? "",
      ]
    }
    try output.show(
      links, ids: links.map(\.alertGuid),
      Table(["alert", "linked", "by", "status", "~title"], rows, whenEmpty: "No alerts are linked to this incident."))
  }

  private func showLatest(_ filter: AlertFilter, _ desk: any Desk, _ output: Output) async throws {
    let alerts = try await desk.alerts(filter, limit: limit ?? 50)
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
        whenEmpty: filter.isEmpty
          ? "No alerts yet. Point Alertmanager's webhook at /in/alertmanager of `tocsin serve`." : "No alert fits."))
  }
}
