import Storage

extension Incidents {
  /// Takes what somebody answered to a message by a way whose sender is known: the answer is put on record with a reference
  /// of its own, and done. An answer to a message that is not ours is ignored; so is an acknowledgement that comes too late.
  func take(_ reply: Reply, on channel: String) async throws {
    let by = try Principal(reply.by)
    try await database.write { transaction in
      guard let message = try transaction.message(reply.externalId, channel) else { return }
      var incident = try transaction.incident(message.incidentGuid)
      guard reply.action == .acknowledge, incident.status == .created else { return }
      let ref = try transaction.newShortRef()
      try transaction.insert(
        Communication(
          communicationGuid: transaction.newGuid(), incidentGuid: incident.incidentGuid, shortRef: ref,
          channel: channel, direction: .inbound, status: DeliveryStatus.sent.rawValue, message: "Acknowledged",
          recipient: nil, externalId: reply.externalId, errorMessage: nil, timestamp: transaction.now,
          metadata: ["answers": .string(message.shortRef), "by": .string(by.name)], originIncidentGuid: nil))
      try transaction.record(
        .replyReceived, on: incident.incidentGuid, "Acknowledged over \(channel) [Ref: \(ref)]", by: by)
      try transaction.move(&incident, to: .investigating, by: by)
    }
    outboxBell.ring()
  }
}

extension Transaction {
  fileprivate func message(_ externalId: String, _ channel: String) throws -> Communication? {
    // Vendors count anew after a restart: the last one counts.
    try row(
      """
      SELECT * FROM data_incident_communication WHERE Channel = ? AND ExternalId = ? AND Direction = 'OUTBOUND'
      ORDER BY Timestamp DESC LIMIT 1
      """, [.text(channel), .text(externalId)]
    ).map(Communication.init)
  }
}
