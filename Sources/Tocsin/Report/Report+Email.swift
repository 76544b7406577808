import Storage

extension Incidents {
  /// Mails the report of an incident: one message with its own reference to each of `reports.recipients` and
  /// `additionalRecipients`, nobody twice. The messages are on record before the first is sent; what cannot be sent now
  /// stays PENDING, and a server on the same database goes on trying.
  ///
  /// - Parameters:
  ///   - format: `html` (with the text beside it) or `text`.
  ///   - additionalRecipients: mail addresses, at most 100.
  ///   - patience: seconds to wait for the outcome.
  /// - Throws: ``Failure`` with code `notFound`; `invalid` for another format, an address that cannot be one, or no
  ///   recipient at all.
  @discardableResult
  public func emailReport(
    _ id: String, format: ReportFormat = .html, additionalRecipients: [String] = [], by: Principal = .system,
    patience: Double = 35
  ) async throws -> NotifyOutcome {
    guard format == .html || format == .text else {
      throw Failure.invalid(
        "format", "\(format.rawValue) cannot be mailed. Allowed: html, text", allowed: ["html", "text"])
    }
    let recipients = try settings.reportRecipients(and: additionalRecipients)
    let posted = try await database.write { transaction in
      let report = try transaction.report(on: transaction.openToChange(id))
      return Posted(try recipients.map { try post(draft(report, to: $0, format), by: by, transaction) })
    }
    return NotifyOutcome(try await Dispatcher(self).deliver(posted, patience: patience))
  }

  private func draft(_ report: Report, to recipient: String, _ format: ReportFormat) -> MessageDraft {
    let incident = report.incident
    let url = url(of: incident)
    return MessageDraft(
      kind: .report, incident: incident, channel: "EMAIL", target: recipient,
      text: { incident.cover(url: url, shortRef: $0) },
      subject: { "[\(incident.severity.rawValue)] Incident report: \(oneLine(incident.title)) [Ref: \($0)]" },
      longBody: { ref in
        (
          text: try report.written(.text, shortRef: ref),
          html: format == .html ? try report.written(.html, shortRef: ref) : nil
        )
      },
      metadata: ["format": .string(format.rawValue)])
  }
}

extension Incidents.Settings {
  /// Everybody once, in order, by address without regard to case.
  fileprivate func reportRecipients(and additional: [String]) throws -> [String] {
    guard additional.count <= 100 else {
      throw Failure.invalid(
        "additional_recipients", "names \(additional.count) addresses; at most 100 are allowed at once")
    }
    let additional = try additional.map(address)
    var seen: Set<String> = []
    let all = (reportRecipients + additional).filter { seen.insert($0.lowercased()).inserted }
    if all.isEmpty {
      throw Failure.invalid(
        "additional_recipients",
        "is empty and nobody else gets reports; name an address, or set reports.recipients "
          + "in the configuration")
    }
    return all
  }

  /// Refuses what can be no address in any mail system; the EMAIL channel looks closer.
  private func address(_ text: String) throws -> String {
    let address = try Text.line(text, "additional_recipients", 1...320).trimmingPrefix { $0 == " " }
    guard address.contains("@"), address.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
      throw Failure.invalid(
        "additional_recipients", "holds \"\(printable(text))\", which is not a mail address such as dba@example.com")
    }
    return String(address)
  }
}

extension Incident {
  /// What the record keeps of a mailed report: the report itself can be made again.
  fileprivate func cover(url: String?, shortRef: String) -> String {
    var lines = ["INCIDENT REPORT", "===============", title]
    lines += ["Severity: \(severity.rawValue)", "Status: \(status.rawValue)", "Package: \(package)"]
    if let url { lines.append(url) }
    return (lines + ["[Ref: \(shortRef)]"]).joined(separator: "\n")
  }
}
