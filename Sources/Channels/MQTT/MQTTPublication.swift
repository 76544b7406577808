import Foundation
import Tocsin

/// One thing to publish.
struct MQTTPublication: Sendable {
  let topic: String
  let payload: [UInt8]
  let isRetained: Bool
  /// MQTT 5 only.
  var contentType = "application/json"
  /// Seconds after which the broker drops it if nobody has fetched it; 0 for never. MQTT 5 only.
  var expiry: UInt32 = 0
  /// Becomes the user property `communication_guid`, by which receivers drop a repetition; empty for none.
  /// MQTT 5 only.
  var communicationGuid = ""
}

extension MQTTPublication {
  private struct Event: Encodable {
    let communicationGuid: String
    let shortRef: String
    let kind: String
    @OrNull var event: String?
    let text: String
    let incidents: Int
    let incident: Incident
    @OrNull var incidentUrl: String?
  }

  /// What is known of an incident that was merged into another.
  private struct Merged: Encodable {
    let incidentGuid: String
    let status = Status.closed.rawValue
    let mergedIntoGuid: String
  }

  /// A day: who comes later reads the state, which stays.
  private static let eventExpiry: UInt32 = 86_400

  /// What `message` is to receivers: the event, and then the state it leads to. Tests and reports change no state.
  static func all(of message: OutboundMessage, below topic: MQTTTopic) throws -> [MQTTPublication] {
    let incident = message.incident
    var event = MQTTPublication(
      topic: topic.event(incident.incidentGuid),
      payload: try json(
        Event(
          communicationGuid: message.communicationGuid, shortRef: message.shortRef,
          kind: message.kind.rawValue, event: message.event?.rawValue, text: message.text,
          incidents: message.incidents, incident: incident, incidentUrl: message.incidentURL)),
      isRetained: false, expiry: eventExpiry)
    event.communicationGuid = message.communicationGuid
    guard message.kind == .notification || message.kind == .update else { return [event] }
    var states = [try state(incident, incident.incidentGuid, message, topic)]
    if message.conversation != incident.incidentGuid {
      let merged = Merged(incidentGuid: message.conversation, mergedIntoGuid: incident.incidentGuid)
      states.append(try state(merged, message.conversation, message, topic))
    }
    return [event] + states
  }

  private static func state(
    _ value: some Encodable, _ guid: String, _ message: OutboundMessage, _ topic: MQTTTopic
  ) throws -> MQTTPublication {
    var state = MQTTPublication(topic: topic.state(guid), payload: try json(value), isRetained: true)
    state.communicationGuid = message.communicationGuid
    return state
  }

  private static func json(_ value: some Encodable) throws -> [UInt8] { Array(try JSON.encode(value).utf8) }
}
