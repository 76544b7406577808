import API
import ArgumentParser
import Foundation
import Tocsin

struct ListIncidents: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "list-incidents",
    abstract: "List incidents, newest first.",
    discussion: """
      Example:
        tocsin list-incidents --status INVESTIGATING --severity CRITICAL
        tocsin list-incidents --search "connection pool" --since 7d
      """)

  @Option(help: "CREATED, INVESTIGATING, MONITORING or CLOSED.", completion: .words(Status.self)) var status: String?
  @Option(help: "CRITICAL, HIGH, MEDIUM or LOW.", completion: .words(Severity.self)) var severity: String?
  @Option(parsing: .unconditional, help: "Only this package's.") var package: String?
  @Option(parsing: .unconditional, help: "Only this person's or team's.") var assignedTo: String?
  @Option(parsing: .unconditional, help: "Words that occur in title, description, notes or messages.") var search:
    String?
  @Option(help: "Created then or later: 2026-11-21, 2026-11-21T16:28:03Z, or 90m, 24h, 7d ago.") var since: String?
  @Option(help: "Created until then; a day counts whole.") var until: String?
  @Option(parsing: .unconditional, help: "At most so many.") var limit = 50
  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    let page = try await desk.list(filter(now: Date()))
    let rows = page.items.map { incident in
      [
        output.short(incident.incidentGuid), shortTime(incident.createdAt), incident.severity.rawValue,
        incident.status.rawValue, incident.package, incident.assignedTo ?? "", incident.title,
      ]
    }
    try output.show(
      page.items, ids: page.items.map(\.incidentGuid),
      Table(
        ["id", "created", "severity", "status", "package", "assigned to", "~title"], rows,
        whenEmpty: isFiltered
          ? "No incident fits." : "No incidents. `tocsin create-incident --help` shows how to open one."))
    if page.nextCursor != nil { output.say("There are more; use --limit to see them.") }
  }

  private var isFiltered: Bool {
    [status, severity, package, assignedTo, search, since, until].contains { $0 != nil }
  }

  private func filter(now: Date) throws -> IncidentFilter {
    var filter = IncidentFilter()
    filter.status = try status.map { try Status(word: $0) }
    filter.severity = try severity.map { try Severity(word: $0) }
    filter.package = package
    filter.assignedTo = assignedTo
    filter.search = search
    filter.since = try since.map { try moment($0, "since", now: now) }
    filter.until = try until.map { try moment($0, "until", endOfDay: true, now: now) }
    filter.limit = limit
    return filter
  }
}
