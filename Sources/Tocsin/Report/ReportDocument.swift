import Foundation

/// A report as sections of plain text, before any format: what to say and in which order is decided here, once. Its
/// texts hold no control character but tab and line feed; each format escapes them for itself.
struct ReportDocument: Sendable {
  /// One part under a heading.
  struct Section: Sendable {
    let heading: String
    let blocks: [Block]
  }

  enum Block: Sendable {
    /// Names and one-line values.
    case fields([Field])
    /// Running text that may have several lines.
    case text(String)
    /// Rows of one-line cells; the last cell of each may be long and may be empty.
    case table(columns: [String], rows: [[String]])
    case list([String])
  }

  struct Field: Sendable {
    let name: String
    let value: String

    init(_ name: String, _ value: String) {
      self.name = name
      self.value = Unseen.shown(value)
    }
  }

  let title: String
  let severity: Severity
  let status: Status
  let sections: [Section]
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
