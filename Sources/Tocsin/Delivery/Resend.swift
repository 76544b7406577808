import Storage

extension Incidents {
  /// Sends a message anew that was given up, or tries one now that waits: with the same text and the same reference.
  ///
  /// - Parameters:
  ///   - ref: the message's short reference.
  ///   - patience: seconds to wait for the outcome.
  /// - Throws: ``Failure`` with code `notFound`; `conflict` for a message that was accepted, or that Tocsin did not send;
  ///   `invalid` when no channel here can take it.
  @discardableResult
  public func resend(_ ref: String, by: Principal = .system, patience: Double = 35) async throws -> NotifyOutcome {
    guard let short = ShortRef.find(in: ref) else {
      throw Failure.invalid("short_ref", "\"\(printable(ref))\" is not a reference such as REF-20251229-A7K")
    }
    let posted = try await database.write { transaction in
      let guid = try resend(short, by: by, transaction)
      return Posted(try transaction.communication(guid).map { [$0] } ?? [])
    }
    return NotifyOutcome(try await Dispatcher(self).deliver(posted, patience: patience))
  }

  private func resend(_ ref: String, by: Principal, _ transaction: any Transaction) throws -> String {
    let row = try transaction.row("SELECT * FROM data_incident_communication WHERE ShortRef = ?", [.text(ref)])
    guard let communication = try row.map(Communication.init) else {
      throw Failure(.notFound, "there is no message with the reference \(ref)")
    }
    guard var delivery = try transaction.delivery(communication.communicationGuid) else {
      throw Failure(.conflict, "\(ref) was not sent by Tocsin, so it cannot be sent again")
    }
    switch DeliveryStatus(rawValue: communication.status) {
    case .pending:
      try complete(&delivery)
      try transaction.hurry(communication)
    case .failed:
      try complete(&delivery)
      let recipient = target(of: delivery).flatMap { channels[delivery.channel]?.shown($0) }
      try transaction.revive(communication, delivery, to: recipient, by: by)
    default:
      throw Failure(
        .conflict,
        "\(ref) is \(communication.status): it was accepted, and sending it again would repeat it. "
          + "`tocsin notify-incident` sends a new one")
    }
    return communication.communicationGuid
  }

  /// What the channel says of a message whose channel was not configured, or was configured otherwise, when it was written.
  private func complete(_ delivery: inout Delivery) throws {
    let target = target(of: delivery)
    if let fault = fault(delivery.channel, target) { throw Failure(.invalid, fault, field: "channels") }
    guard let target, let channel = channels[delivery.channel] else { return }
    delivery.destination = channel.destination(of: target)
    delivery.follows = channel.follows
    delivery.isHeld = false
  }

  private func target(of delivery: Delivery) -> String? {
    delivery.target.isEmpty ? channels[delivery.channel]?.defaultTarget : delivery.target
  }
}

extension Transaction {
  /// Makes a message that waits for its next try due now.
  fileprivate func hurry(_ communication: Communication) throws {
    try execute(
      "UPDATE tocsin_queue SET NextAt = ? WHERE CommunicationGuid = ? AND LeaseUntil IS NULL",
      [.time(now), .text(communication.communicationGuid)])
  }

  /// Puts a message that was given up back in line.
  fileprivate func revive(_ communication: Communication, _ delivery: Delivery, to recipient: String?, by: Principal)
    throws
  {
    let guid = communication.communicationGuid
    try update(delivery)
    let attempts = try integer("SELECT max(Number) FROM tocsin_attempt WHERE CommunicationGuid = ?", [.text(guid)])
    let severity = try incident(communication.incidentGuid).severity
    try enqueue(delivery, priority: -severity.urgency, attempts: attempts)
    try execute(
      """
      UPDATE data_incident_communication SET Status = 'PENDING', ErrorMessage = NULL, Recipient = ?
      WHERE CommunicationGuid = ?
      """, [.text(recipient), .text(guid)])
    try record(
      .communicationLogged, on: communication.incidentGuid,
      "\(delivery.channel) to \(excerpt(recipient ?? "")) is sent again [Ref: \(communication.shortRef)]",
      by: by)
  }
}
