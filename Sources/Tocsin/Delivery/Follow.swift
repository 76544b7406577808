import Foundation
import Storage

extension Transaction {
  /// Puts a message in line for everybody who was told of the incident on a channel that follows `event`, in the
  /// transaction of the change. What a channel follows was noted when it was first told, so that this works in a process that
  /// has no channels.
  ///
  /// - Parameter words: what changed, in a sentence without a full stop.
  func follow(_ event: EventType, _ incident: Incident, _ words: String, by: Principal) throws {
    for (former, recipient, wasBundled) in try conversations(incident.incidentGuid)
    where former.follows.contains(event) {
      let ref = try newShortRef()
      let text = "\(words) by \(by.name)\n\(incident.title)\n[Ref: \(ref)]"
      let communication = Communication(
        communicationGuid: newGuid(), incidentGuid: incident.incidentGuid, shortRef: ref, channel: former.channel,
        direction: .outbound, status: DeliveryStatus.pending.rawValue, message: text, recipient: recipient,
        externalId: nil, errorMessage: nil, timestamp: now,
        metadata: ["sent_by": .string(by.name), "follows": .string(event.rawValue)], originIncidentGuid: nil)
      try insert(communication)
      let subject = "[\(incident.severity.rawValue)] \(oneLine(incident.title)) [Ref: \(ref)]"
      let delivery = Delivery(
        communicationGuid: communication.communicationGuid, conversation: incident.incidentGuid, kind: .update,
        event: event, channel: former.channel, target: former.target, destination: former.destination,
        follows: former.follows, subject: subject, html: nil, text: nil, isHeld: wasBundled, createdAt: now)
      try insert(delivery)
      try enqueue(delivery, priority: -incident.severity.urgency)
    }
  }

  /// The last notification of each channel and target that was accepted or is on its way, whom it went to, and whether it
  /// was one of many in a storm. Then its changes are held as well: they would be the next storm.
  private func conversations(
    _ incidentGuid: String
  ) throws -> [(Delivery, recipient: String?, wasBundled: Bool)] {
    var seen: Set<String> = []
    return try rows(
      """
      SELECT this.*, Recipient FROM tocsin_delivery AS this JOIN data_incident_communication USING (CommunicationGuid)
      WHERE this.IncidentGuid = ? AND Kind = 'NOTIFICATION' AND Follows <> ''
        AND Status IN ('PENDING', 'SENT', 'DELIVERED')
      ORDER BY this.Id DESC
      """, [.text(incidentGuid)]
    ).map { (try Delivery($0), try $0.optionalText("Recipient"), try $0.optionalText("BundleGuid") != nil) }
      .filter { seen.insert("\($0.0.channel) \($0.0.targetKey)").inserted }
      .reversed()
  }
}
