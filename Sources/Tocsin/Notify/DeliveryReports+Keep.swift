import Foundation
import Storage

/// Reports that came too early: rows of `tocsin_delivery_report`.
extension Transaction {
  /// Seconds after which nobody will ask for a report any more: test messages and messages that were sent twice leave some.
  private static var keptFor: Double { 7 * 24 * 3600 }

  /// Keeps the best report of a message: the first that is final, or that it was read after it was delivered.
  func keep(_ report: DeliveryReport, _ channel: String) throws {
    let before = try keptReport(channel, report.externalId)?.report.outcome
    guard before == nil || before == .delivered && report.outcome == .read else { return }
    try execute(
      "DELETE FROM tocsin_delivery_report WHERE ReceivedAt < ? OR Channel = ? AND ExternalId = ?",
      [.time(now.addingTimeInterval(-Self.keptFor)), .text(channel), .text(report.externalId)])
    try execute(
      """
      INSERT INTO tocsin_delivery_report (Channel, ExternalId, Outcome, Reason, Metadata, ReceivedAt)
      VALUES (?, ?, ?, ?, ?, ?)
      """,
      [
        .text(channel), .text(report.externalId), .text(report.outcome.word), .text(report.outcome.reason),
        .json(report.metadata), .time(now),
      ])
  }

  func keptReport(_ channel: String, _ externalId: String) throws -> (report: DeliveryReport, receivedAt: Date)? {
    try row(
      "SELECT * FROM tocsin_delivery_report WHERE Channel = ? AND ExternalId = ?", [.text(channel), .text(externalId)]
    ).map { row in
      let outcome = DeliveryReport.Outcome(word: try row.text("Outcome"), reason: try row.optionalText("Reason"))
      let metadata = try JSONValue.object(row.optionalText("Metadata")) ?? [:]
      return (
        DeliveryReport(externalId: externalId, outcome: outcome, metadata: metadata), try row.time("ReceivedAt")
      )
    }
  }
}

extension DeliveryReport.Outcome {
  fileprivate var word: String {
    switch self {
    case .delivered: "DELIVERED"
    case .read: "READ"
    case .failed: "FAILED"
    }
  }

  fileprivate var reason: String? { if case .failed(let reason) = self { reason } else { nil } }

  fileprivate init(word: String, reason: String?) {
    switch word {
    case "DELIVERED": self = .delivered
    case "READ": self = .read
    default: self = .failed(reason: reason ?? "the vendor did not say why")
    }
  }
}
