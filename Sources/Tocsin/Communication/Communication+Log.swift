import Storage

/// A message that somebody sent or got by other means, to be put on record.
public struct LoggedCommunication: Sendable {
  /// `PHONE`, `SLACK` … 1 to 50 characters; kept in capitals.
  public var channel: String
  public var direction: Direction
  /// Up to 64 KiB of UTF-8.
  public var message: String?
  /// Up to 64 KiB of UTF-8.
  public var recipient: String?
  public var status: DeliveryStatus
  public var externalId: String?
  public var metadata: Metadata?

  public init(
    channel: String, direction: Direction = .outbound, message: String? = nil, recipient: String? = nil,
    status: DeliveryStatus = .sent, externalId: String? = nil, metadata: Metadata? = nil
  ) {
    self.channel = channel
    self.direction = direction
    self.message = message
    self.recipient = recipient
    self.status = status
    self.externalId = externalId
    self.metadata = metadata
  }
}

extension Incidents {
  /// Puts a message on record that was not sent by Tocsin, such as a phone call. Nothing is sent.
  ///
  /// - Returns: the row, with its new short reference.
  /// - Throws: ``Failure`` with code `notFound`, `invalid`, or `conflict` for a merged incident.
  @discardableResult
  public func logCommunication(
    _ id: String, _ logged: LoggedCommunication, by: Principal = .system
  ) async throws -> Communication {
    let logged = try logged.checked()
    return try await database.write { transaction in
      let incident = try transaction.openToChange(id)
      let communication = try transaction.communication(logged, on: incident)
      try transaction.insert(communication)
      let words = [logged.direction.rawValue, logged.channel, logged.recipient.map { "to \($0)" }]
      try transaction.record(
        .communicationLogged, on: incident.incidentGuid,
        "\(words.compactMap { $0.map(excerpt) }.joined(separator: " ")) [Ref: \(communication.shortRef)]", by: by)
      return communication
    }
  }
}

extension LoggedCommunication {
  fileprivate func checked() throws -> LoggedCommunication {
    var checked = self
    checked.channel = try Text.line(channel, "channel", 1...50).uppercased()
    checked.message = try Text.optionalBlock(message, "message")
    checked.recipient = try Text.optionalBlock(recipient, "recipient")
    checked.externalId = try Text.optionalLine(externalId, "external_id")
    if let metadata {
      _ = try Text.block(JSON.encode(metadata), "metadata")
      if JSONValue.object(metadata).containsNUL {
        throw Failure.invalid("metadata", "contains a NUL character (U+0000), which is not allowed")
      }
    }
    return checked
  }
}

extension Transaction {
  fileprivate func communication(_ logged: LoggedCommunication, on incident: Incident) throws -> Communication {
    Communication(
      communicationGuid: newGuid(), incidentGuid: incident.incidentGuid, shortRef: try newShortRef(),
      channel: logged.channel, direction: logged.direction, status: logged.status.rawValue, message: logged.message,
      recipient: logged.recipient, externalId: logged.externalId, errorMessage: nil, timestamp: now,
      metadata: logged.metadata, originIncidentGuid: nil)
  }
}
