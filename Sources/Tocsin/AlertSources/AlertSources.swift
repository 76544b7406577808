import Foundation

/// A dialect that monitoring systems speak, as far as a body alone tells it.
public struct AlertDialect: Sendable {
  /// As in its route; a mapping of the configuration is `json/NAME`.
  public let name: String
  /// Pure: bytes in, alerts out; the time is what spans count from. Throws ``Failure`` that says where the body is wrong.
  public let read: @Sendable (Data, _ now: Date) throws -> [AlertSignal]

  fileprivate init(_ name: String, _ read: @escaping @Sendable (Data, _ now: Date) throws -> [AlertSignal]) {
    self.name = name
    self.read = read
  }
}

/// Every dialect.
public enum AlertSources {
  /// Every Source column there can be; a mapping's name follows `json/`.
  public static let names = [
    Alertmanager.name, Grafana.name, PagerDutyEvents.name, Opsgenie.name, PlainJSON.name, CloudEvents.name,
    Heartbeat.source,
  ]

  /// In the order in which they are tried on a body whose dialect is not known: those that ask for most go first.
  public static func dialects(_ mappings: [String: JSONMapping]) -> [AlertDialect] {
    let own = [
      states(Alertmanager.name) { body, _ in try Alertmanager.alerts(in: body) },
      states(Grafana.name) { body, _ in try Grafana.alerts(in: body) },
      states("\(Alertmanager.name)-api", alertmanagerAPI),
      AlertDialect(PagerDutyEvents.name) { body, _ in [try PagerDutyEvents.event(in: body, newKey: newKey).signal] },
      states(CloudEvents.name, CloudEvents.alerts(in:now:)),
      AlertDialect(Opsgenie.name) { body, _ in try Opsgenie.creation(in: body, newAlias: newKey).signals },
      states(PlainJSON.name, PlainJSON.alerts(in:now:)),
    ]
    let mapped = mappings.sorted { $0.key < $1.key }.map { name, mapping in
      states("\(PlainJSON.name)/\(name)") { try mapping.alerts(in: $0, name: name, now: $1) }
    }
    return own + mapped
  }

  private static func states(
    _ name: String, _ alerts: @escaping @Sendable (Data, _ now: Date) throws -> [ReceivedAlert]
  ) -> AlertDialect {
    AlertDialect(name) { try alerts($0, $1).map { .state($0) } }
  }

  /// Names an alert whose sender does not.
  private static func newKey() -> String { "(new)" }

  /// Who asks what a delivery would do wants to know of the alerts that would be refused, too.
  private static func alertmanagerAPI(_ body: Data, _ now: Date) throws -> [ReceivedAlert] {
    let delivery = try AlertmanagerAPI.delivery(in: body, now: now)
    if let fault = delivery.faults.first { throw fault }
    return delivery.alerts
  }
}
