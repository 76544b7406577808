import Foundation

/// A report as sections of plain text, before any format: what to say and in which order is decided here, once. Its
/// texts hold no control character but tab and line feed; each format escapes them for itself.
public struct ReportDocument: Sendable {
  /// One part under a heading.
  public struct Section: Sendable {
    public let heading: String
    public let blocks: [Block]
  }

  public enum Block: Sendable {
    /// Names and one-line values.
    case fields([Field])
    /// Running text that may have several lines.
    case text(String)
    /// Rows of one-line cells; the last cell of each may be long and may be empty.
    case table(columns: [String], rows: [[String]])
    /// Items of one line each.
    case list([String])
  }

  /// A name and its one-line value.
  public struct Field: Sendable {
    public let name: String
    public let value: String

    init(_ name: String, _ value: String) {
      self.name = name
      self.value = Unseen.shown(value)
    }
  }

  public let title: String
  public let severity: Severity
  public let status: Status
  public let sections: [Section]
  /// The last line of a mailed report: `[Ref: REF-…]`.
  let closing: String?

  init(_ report: Report, shortRef: String? = nil) {
    title = Unseen.shown(report.incident.title)
    severity = report.incident.severity
    status = report.incident.status
    closing = shortRef.map { "[Ref: \($0)]" }
    let sections: [Section?] = [
      Section(heading: "Incident", blocks: [.fields(report.incident.header)]),
      Section(heading: "Summary", blocks: [.fields(report.summary.fields)]),
      Section("Description", [.text(report.incident.description)]),
      Section("Root cause and contributing factors", [.text(report.incident.rootCause), .notes(report, .rootCause)]),
      Section("Resolution", [.text(report.incident.resolutionSummary), .notes(report, .resolution)]),
      Section("Mitigation", [.notes(report, .mitigation)]),
      Section("Investigation", [.notes(report, .investigation)]),
      Section("General notes", [.notes(report, .general)]),
      Section("Alerts", [.alerts(report.alerts)]),
      Section("Communications", [.communications(report.communications)]),
      Section("Timeline", [.timeline(report.timeline)]),
      Section("To complete", [report.toComplete.isEmpty ? nil : .list(report.toComplete)]),
    ]
    self.sections = sections.compactMap(\.self)
  }
}

extension ReportDocument.Section {
  /// Nil when there is nothing to say under the heading.
  fileprivate init?(_ heading: String, _ blocks: [ReportDocument.Block?]) {
    let blocks = blocks.compactMap(\.self)
    if blocks.isEmpty { return nil }
    self.init(heading: heading, blocks: blocks)
  }
}
