import Foundation
import Storage

extension Incident {
  /// All fields that have a value, as the report's header shows them.
  var header: [ReportDocument.Field] {
    let fields: [(String, String?)] = [
      ("Incident", incidentGuid), ("Title", title), ("Severity", severity.rawValue), ("Status", status.rawValue),
      ("Package", package), ("Assigned to", assignedTo), ("Created", moment(createdAt, createdBy)),
      ("Acknowledged", acknowledgedAt.map { moment($0, acknowledgedBy) }),
      ("Closed", closedAt.map { moment($0, closedBy) }), ("Updated", updatedAt.map { moment($0, nil) }),
      ("Merged into", mergedIntoGuid), ("Version", String(version)),
    ]
    return fields.compactMap { name, value in value.map { ReportDocument.Field(name, oneLine($0)) } }
  }
}

extension ReportSummary {
  var fields: [ReportDocument.Field] {
    var fields = [
      ReportDocument.Field("Duration", durationText(durationSeconds) + (isOpen ? " so far" : "")),
      ReportDocument.Field("Time to acknowledge", timeToAcknowledgeSeconds.map(durationText) ?? "not acknowledged"),
      ReportDocument.Field("Alerts", String(alertCount)), ReportDocument.Field("Notes", String(noteCount)),
      ReportDocument.Field("Communications", String(communicationCount)),
      ReportDocument.Field("Timeline events", String(timelineCount)),
    ]
    if !mergedFromGuids.isEmpty {
      fields.append(ReportDocument.Field("Merged from", oneLine(mergedFromGuids.joined(separator: ", "))))
    }
    return fields
  }
}

extension ReportDocument.Block {
  static func text(_ text: String?) -> ReportDocument.Block? {
    text.map { .text(Unseen.shown($0)) }
  }

  static func notes(_ report: Report, _ type: NoteType) -> ReportDocument.Block? {
    let rows = report.notes(type).map { note in
      [JSON.time(note.createdAt), oneLine(note.createdBy ?? ""), Unseen.shown(note.content)]
    }
    return rows.isEmpty ? nil : .table(columns: ["Time", "By", "Note"], rows: rows)
  }

  static func alerts(_ links: [AlertLink]) -> ReportDocument.Block? {
    let rows = links.map { link in
      let alert = link.alert
      return [
        JSON.time(link.linkedAt), oneLine(link.linkedBy ?? ""), oneLine(link.alertGuid), alert?.severity.rawValue ?? "",
        alert?.status.rawValue ?? "", Unseen.shown(alert?.title ?? ""),
      ]
    }
    return rows.isEmpty
      ? nil : .table(columns: ["Linked", "By", "Alert", "Severity", "Status", "Title"], rows: rows)
  }

  static func communications(_ communications: [Communication]) -> ReportDocument.Block? {
    let columns = ["Time", "Ref", "Channel", "Direction", "Recipient", "Status", "Message"]
    let rows = communications.map { message in
      let status = [message.status, message.errorMessage].compactMap(\.self).joined(separator: ": ")
      return [
        JSON.time(message.timestamp), oneLine(message.shortRef), oneLine(message.channel ?? ""),
        message.direction.rawValue, oneLine(message.recipient ?? ""), oneLine(status),
        Unseen.shown(excerpt(message.message ?? "")),
      ]
    }
    return rows.isEmpty ? nil : .table(columns: columns, rows: rows)
  }

  static func timeline(_ events: [TimelineEvent]) -> ReportDocument.Block? {
    let rows = events.map { event in
      [
        JSON.time(event.timestamp), event.eventType.rawValue, oneLine(event.createdBy ?? ""),
        Unseen.shown(event.description),
      ]
    }
    return rows.isEmpty ? nil : .table(columns: ["Time", "Event", "By", "Description"], rows: rows)
  }
}

private func moment(_ date: Date, _ by: String?) -> String {
  JSON.time(date) + (by.map { " by \($0)" } ?? "")
}

/// `text` on one line, its line breaks and tabs as spaces and every other control character shown.
func oneLine(_ text: String) -> String {
  Unseen.shown(text).replacing("\n", with: " ").replacing("\t", with: " ")
}

/// `42 s`, `12 min`, `1 h 04 min`, `2 d 3 h 04 min`: seconds cut to what people say.
func durationText(_ seconds: Double) -> String {
  let whole = Int(max(0, min(seconds, 1e12)))
  let (days, hours, minutes) = (whole / 86_400, whole / 3600 % 24, whole / 60 % 60)
  if whole < 60 { return "\(whole) s" }
  if whole < 3600 { return "\(minutes) min" }
  let padded = (minutes < 10 ? "0" : "") + String(minutes)
  return (days > 0 ? "\(days) d " : "") + "\(hours) h \(padded) min"
}
