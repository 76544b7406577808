import Foundation
import Pages
import Tocsin

/// Who was told what, and by which proof; and the forms to tell more.
extension IncidentView {
  var communications: Template.Values {
    [
      "messages": messages.items.map(message), "hasNoMessages": messages.items.isEmpty,
      "moreMessages": messages.nextCursor != nil,
      "telling": [
        "isOpen": isOpen("tell"), "rules": rules.map(rule), "hasNoRules": rules.isEmpty,
        "message_template": typed.field("message_template", of: "tell"),
      ] as Template.Values,
      "logging": [
        "isOpen": isOpen("log"), "log_channel": typed.field("channel", of: "log", "PHONE"),
        "log_recipient": typed.field("recipient", of: "log"), "log_message": typed.field("message", of: "log"),
        "directions": visit.options(Direction.self, chosen: typed.field("direction", of: "log", "OUTBOUND")),
        "outcomes": visit.options(DeliveryStatus.self, chosen: typed.field("status", of: "log", "SENT")),
      ] as Template.Values,
    ]
  }

  private func rule(_ rule: NotifyRule) -> Template.Values {
    [
      "code": rule.notifyCode, "ruleName": Unseen.shown(rule.notifyName),
      "isChosen": rule.notifyCode == typed.field("notify_code", of: "tell", "INCIDENT_\(incident.severity.rawValue)"),
    ]
  }

  private func message(_ message: Communication) -> Template.Values {
    let texts = visit.texts
    let classes = ["PENDING": "wait", "SENT": "good", "DELIVERED": "good", "FAILED": "bad"]
    return [
      "ref": message.shortRef, "look": "/communications?" + FormText.encoded([("ref", message.shortRef)]),
      "channel": Unseen.shown(message.channel ?? ""), "recipient": Unseen.shown(message.recipient ?? ""),
      "isInbound": message.direction == .inbound, "sentAt": Stamp.at(message.timestamp),
      "state": texts.all["inc_state_\(message.status)"] ?? Unseen.shown(message.status),
      "stateClass": classes[message.status] ?? "", "fault": Unseen.shown(message.errorMessage ?? ""),
      "proof": Unseen.shown(message.externalId ?? ""),
      "mayResend": mayChange && message.status == DeliveryStatus.failed.rawValue && message.direction == .outbound,
    ]
  }
}
