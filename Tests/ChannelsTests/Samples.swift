import Foundation

@testable import Tocsin

/// Text from people who mean harm: new headers, ends of mail, markup, odd scripts, broken lines.
let hostileTexts = [
  "plain", "", " leading and trailing ", "two  spaces", "=?UTF-8?B?ZmFrZQ==?=",
  "break\r\nBcc: thief@example.com", "bare\nX-Evil: 1", "bare\rX-Evil: 1", "\r\n\r\n<b>body</b>",
  "end\r\n.\r\nMAIL FROM:<thief@example.com>\r\n", ".\n..\n.dot", "\n.\r\n", "--=_tocsin_boundary_=--\r\n",
  "<script>alert(1)</script>&amp;\"'", "قاعدة البيانات \u{202E}evil\u{202C}", "🔥𝔘👩‍👩‍👧 ünïcödé", "tab\there",
  "\u{1B}[31mred\u{7}",
  "\u{85}next\u{2028}line\u{2029}", String(repeating: "ü", count: 255), String(repeating: "x", count: 255),
  String(repeating: "word ", count: 50) + "end",
]

/// A line as long as a message may be.
let longLine = String(repeating: "0123456789abcdef", count: 4096)

extension OutboundMessage {
  /// Where people see the sample's incident.
  static let url = "https://tocsin.example.com:8420/incidents/019aa8c1-0000-7000-8000-000000000001"

  /// A message to `target`.
  static func sample(
    to target: String, _ kind: Kind = .notification, subject: String = "[HIGH] Disk full [Ref: REF-20261121-ABC]",
    text: String = "The disk is full.\n[Ref: REF-20261121-ABC]", html: String? = nil,
    url: String? = "https://tocsin.example.com:8420/incidents/019aa8c1-0000-7000-8000-000000000001"
  ) -> OutboundMessage {
    OutboundMessage(
      kind: kind, communicationGuid: "019aa8c1-0000-7000-8000-0000000000ff", shortRef: "REF-20261121-ABC",
      target: target, subject: subject, text: text, html: html, incident: .sample(title: text), incidentURL: url)
  }
}

extension Incident {
  static func sample(
    title: String, package: String = "STORAGE", guid: String = "019aa8c1-0000-7000-8000-000000000001"
  ) -> Incident {
    Incident(
      incidentGuid: guid, title: title, severity: .high, status: .created,
      package: package, description: nil, assignedTo: nil, createdBy: "dba1",
      createdAt: Date(timeIntervalSince1970: 1_795_000_000), closedBy: nil, closedAt: nil, resolutionSummary: nil,
      rootCause: nil, acknowledgedAt: nil, acknowledgedBy: nil, updatedAt: nil, mergedIntoGuid: nil, version: 1)
  }
}

extension Channel {
  /// How a message was not accepted, or nil when it was.
  func refusal(of message: OutboundMessage) async -> SendFailure? {
    do throws(SendFailure) {
      _ = try await send(message)
      return nil
    } catch {
      return error
    }
  }
}

extension SendFailure {
  var isPermanent: Bool { if case .permanent = self { true } else { false } }
  var isRetryable: Bool { !isPermanent }
}
