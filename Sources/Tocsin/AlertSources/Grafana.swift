import Foundation
import Storage

/// Grafana's webhook, version 1 (grafana/grafana docs, webhook-notifier.md): Alertmanager's, with more addresses.
public enum Grafana {
  public static let name = "grafana"

  /// - Throws: ``Failure`` with code `malformed` or `invalid` that says where the body is wrong.
  public static func alerts(in body: Data) throws -> [ReceivedAlert] {
    let urls = ["panelURL", "dashboardURL", "generatorURL"]
    return try AlertmanagerWebhook(source: name, sender: "Grafana", version: "1", urls: urls).alerts(in: body)
  }
}
