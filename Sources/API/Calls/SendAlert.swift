import Foundation
import Tocsin

/// An alert in our own words. It goes to the address that monitoring systems send to, so that a token of role ingest will do;
/// that address takes more than this (docs/alerts.md), and so has a door of its own in the server.
public struct SendAlert: Call {
  public static let route = Route(
    .post, "/in/json", .intake, "Take in alerts in Tocsin's own words: an object, or a list of them.")

  /// May be left out of an end that has a key.
  public var title: String?
  public var dedupKey: String?
  public var severity: Severity?
  public var package: String?
  public var status: AlertStatus?
  public var labels: [String: String]?
  public var description: String?
  public var url: String?
  public var group: String?
  /// Such as `10m`.
  public var expiresIn: String?

  public init(title: String?) { self.title = title }

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> SentAlerts {
    let body = Data(try JSON.encode(self).utf8)
    let alerts = try PlainJSON.alerts(in: body, now: incidents.database.now())
    return SentAlerts(try await incidents.receive(alerts))
  }
}

extension Desk {
  /// Sends an alert, as a monitoring system would.
  @discardableResult
  public func send(_ alert: SendAlert) async throws -> SentAlerts { try await perform(alert) }
}
