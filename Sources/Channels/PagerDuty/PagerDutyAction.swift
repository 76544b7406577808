import Tocsin

extension PagerDutyEvent {
  /// What an event does to the alert of its key.
  enum Action: String, Encodable {
    case trigger, acknowledge, resolve

    /// By what the message is, and by where its incident stands now: a late message never reopens anything. Nil for what
    /// PagerDuty cannot take.
    init?(_ message: OutboundMessage) {
      let isClosed = message.incident.status == .closed
      switch message.kind {
      case .report: return nil
      case .test: self = .trigger
      case .notification: self = isClosed ? .resolve : .trigger
      case .update: self = isClosed || message.wasMergedAway ? .resolve : Self.update(message)
      }
    }

    private static func update(_ message: OutboundMessage) -> Self {
      if message.event == .incidentReopened { return .trigger }
      switch message.incident.status {
      case .investigating, .monitoring: return .acknowledge
      case .closed: return .resolve
      // The other side of a merge may be as new as this. A trigger of an open alert pages nobody again.
      case .created: return .trigger
      }
    }
  }
}

extension OutboundMessage {
  /// Whether the incident that the conversation is about was merged into another. The one that it was merged into has
  /// an alert of its own, which must stay open.
  fileprivate var wasMergedAway: Bool { conversation != incident.incidentGuid }
}
