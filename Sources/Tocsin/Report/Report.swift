import Foundation
import Storage

/// Everything there is to say about one incident, gathered in one read: what the reports of all formats show.
///
/// It holds no time of its own making: the report of a closed incident that nobody touches is the same, byte for byte,
/// whenever it is made.
public struct Report: Sendable, Equatable, Encodable {
  /// The incident's row.
  public let incident: Incident
  /// Durations and counts.
  public let summary: ReportSummary
  /// The linked alerts, in the order they were linked, each with what we hold of it.
  public let alerts: [AlertLink]
  /// The notes, oldest first, by the name of their type; every type is there.
  public let notes: [String: [Note]]
  /// The complete history, oldest first.
  public let timeline: [TimelineEvent]
  /// The messages, oldest first.
  public let communications: [Communication]
  /// What somebody should still write down, as sentences; empty when the story is complete.
  public let toComplete: [String]

  /// The notes of one type, oldest first.
  public func notes(_ type: NoteType) -> [Note] { notes[type.rawValue, default: []] }
}

/// Durations and counts of a report.
public struct ReportSummary: Sendable, Equatable, Encodable {
  /// Seconds from creation to closing; up to now while the incident is open.
  public let durationSeconds: Double
  /// Whether the duration still runs.
  public let isOpen: Bool
  /// Seconds from creation to the first move out of CREATED; nil when nobody took it yet.
  @OrNull public var timeToAcknowledgeSeconds: Double?
  /// Linked alerts.
  public let alertCount: Int
  /// Notes of all types.
  public let noteCount: Int
  /// Messages, in and out.
  public let communicationCount: Int
  /// Events on the timeline.
  public let timelineCount: Int
  /// The incidents merged into this one, by guid, in the order of the merges.
  public let mergedFromGuids: [String]
}

extension Incidents {
  /// Writes the report of an incident, open or closed.
  ///
  /// - Throws: ``Failure`` with code `notFound`; `invalid` for an ambiguous or too short prefix.
  public func report(_ id: String, format: ReportFormat = .text) async throws -> String {
    let report = try await database.read { try $0.report(on: $0.incident(id)) }
    return try report.written(format)
  }

  /// The same report before any format: for whoever shows it in one of their own.
  ///
  /// - Throws: ``Failure`` with code `notFound`; `invalid` for an ambiguous or too short prefix.
  public func reportDocument(of id: String) async throws -> ReportDocument {
    ReportDocument(try await database.read { try $0.report(on: $0.incident(id)) })
  }
}

extension Report {
  /// The report as text of the given format.
  func written(_ format: ReportFormat, shortRef: String? = nil) throws -> String {
    switch format {
    case .text: TextReport.write(ReportDocument(self, shortRef: shortRef))
    case .markdown: MarkdownReport.write(ReportDocument(self, shortRef: shortRef))
    case .html: HTMLReport.write(ReportDocument(self, shortRef: shortRef))
    case .json: try JSON.encode(self, pretty: true) + "\n"
    }
  }
}

extension Transaction {
  func report(on incident: Incident) throws -> Report {
    let guid = incident.incidentGuid
    try closeTimeline()
    let (alerts, notes, timeline) = (try links(of: guid), try notes(of: guid), try timeline(of: guid))
    let communications = Array(try communications(of: guid).reversed())
    let summary = ReportSummary(
      durationSeconds: max(0, (incident.closedAt ?? now).timeIntervalSince(incident.createdAt)),
      isOpen: incident.status != .closed,
      timeToAcknowledgeSeconds: incident.acknowledgedAt.map { max(0, $0.timeIntervalSince(incident.createdAt)) },
      alertCount: alerts.count, noteCount: notes.count, communicationCount: communications.count,
      timelineCount: timeline.count,
      mergedFromGuids: timeline.compactMap { $0.metadata?["source_incident_guid"]?.string })
    let groups = Dictionary(grouping: notes, by: \.noteType.rawValue)
    let none = Dictionary(NoteType.allCases.map { ($0.rawValue, [Note]()) }, uniquingKeysWith: { $1 })
    return Report(
      incident: incident, summary: summary, alerts: alerts, notes: none.merging(groups) { $1 }, timeline: timeline,
      communications: communications, toComplete: missing(incident, Set(notes.map(\.noteType))))
  }
}

/// What is left to write down. The story of a merged incident is told by the one it was merged into.
private func missing(_ incident: Incident, _ noted: Set<NoteType>) -> [String] {
  if incident.mergedIntoGuid != nil { return [] }
  let gaps: [(Bool, String)] = [
    (incident.status != .closed, "The incident is still open."),
    (incident.acknowledgedAt == nil, "Nobody has acknowledged it."),
    (incident.description == nil, "There is no description."),
    (incident.assignedTo == nil, "Nobody is assigned."),
    (incident.rootCause == nil && !noted.contains(.rootCause), "There is no root cause."),
    (incident.resolutionSummary == nil && !noted.contains(.resolution), "There is no resolution."),
  ]
  return gaps.filter(\.0).map(\.1)
}
