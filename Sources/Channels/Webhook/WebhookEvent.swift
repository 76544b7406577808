import Foundation
import Tocsin

/// A message as a CloudEvent 1.0 in structured mode (https://github.com/cloudevents/spec, http-protocol-binding.md).
struct WebhookEvent: Encodable {
  struct Payload: Encodable {
    let kind: String
    /// What changed, of an update.
    @OrNull var event: EventType?
    let shortRef: String
    let message: String
    let incident: Incident
    @OrNull var incidentUrl: String?
  }

  // These names are CloudEvents' own: one word each.
  let specversion = "1.0"
  let id: String
  let source: String
  let type: String
  let subject: String
  let time: Date
  let datacontenttype = "application/json"
  let data: Payload

  /// - Parameter now: when the message is sent.
  init(_ message: OutboundMessage, at now: Date) {
    id = message.communicationGuid
    source = message.incidentURL.flatMap(HTTPTarget.origin) ?? "tocsin"
    type = "tocsin.\(message.kind.rawValue.lowercased())"
    subject = message.incident.incidentGuid
    time = now
    data = Payload(
      kind: message.kind.rawValue, event: message.event, shortRef: message.shortRef, message: message.text,
      incident: message.incident, incidentUrl: message.incidentURL)
  }

  var json: [UInt8] { get throws { Array(try JSON.encode(self).utf8) } }
}
