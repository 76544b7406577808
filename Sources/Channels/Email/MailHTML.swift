import Tocsin

/// The HTML side of a mail that has none of its own: nothing is loaded from anywhere, no script, and no colour but the
/// reader's own, so that it can be read on a dark screen.
enum MailHTML {
  /// A document that shows the text as it is; above it, when it tells of one incident, the facts that decide.
  static func document(_ message: OutboundMessage) -> String {
    let isAboutOne = [.notification, .update].contains(message.kind) && message.incidents == 1
    return """
      <!DOCTYPE html>
      <html>
      <head><meta charset="utf-8"><meta name="color-scheme" content="light dark">
      <title>\(HTML.escaped(MailHeader.oneLine(message.subject)))</title></head>
      <body style="font-family: sans-serif">
      \(isAboutOne ? facts(message) : "")<div style="white-space: pre-wrap; overflow-wrap: anywhere">\
      \(HTML.escaped(message.text))</div>
      </body>
      </html>

      """
  }

  private static func facts(_ message: OutboundMessage) -> String {
    let incident = message.incident
    var rows = [
      row("Severity", "<strong>\(HTML.escaped(incident.severity.rawValue))</strong>"),
      row("Status", HTML.escaped(incident.status.rawValue)), row("Package", HTML.escaped(incident.package)),
      row("Assigned to", HTML.escaped(incident.assignedTo ?? "nobody")),
      row("Created", HTML.escaped(JSON.time(incident.createdAt))),
    ]
    if let url = message.incidentURL, HTTPTarget.fault(url) == nil {
      rows.append(row("Incident", "<a href=\"\(HTML.escaped(url))\">\(HTML.escaped(url))</a>"))
    }
    return "<table style=\"border-collapse: collapse; margin-bottom: 1em\">\n\(rows.joined())</table>\n"
  }

  /// - Parameter value: HTML.
  private static func row(_ name: String, _ value: String) -> String {
    "<tr><th style=\"text-align: left; padding-right: 1em; vertical-align: top\">\(name)</th>"
      + "<td style=\"overflow-wrap: anywhere\">\(value)</td></tr>\n"
  }
}
