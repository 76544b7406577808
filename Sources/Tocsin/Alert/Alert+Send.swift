import Foundation

/// What came of alerts in our own words.
public struct SentAlerts: Sendable, Equatable, Codable {
  /// The alerts, in the order they were given.
  public let alertGuids: [String]
  /// Incidents opened, by guid.
  public let opened: [String]
  /// Alerts in the delivery.
  public let received: Int

  public init(_ intake: Intake) {
    alertGuids = intake.alertGuids
    opened = intake.opened
    received = intake.received
  }
}
