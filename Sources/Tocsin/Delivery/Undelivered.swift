import Foundation
import Storage

extension Incidents {
  /// The messages of all incidents that were given up or are still to be sent, newest first.
  ///
  /// - Parameters:
  ///   - status: `PENDING` or `FAILED`; nil for both.
  ///   - channel: only this channel's; any case.
  /// - Throws: ``Failure`` with code `invalid` for another status, a limit below 1 or a cursor that is none.
  public func undelivered(
    status: DeliveryStatus? = nil, channel: String? = nil, page: PageRequest = PageRequest()
  ) async throws -> Page<ListedCommunication> {
    try await listed(.messages(try undeliveredStatuses(status), channel: channel, name: "undelivered"), page)
  }

  private func undeliveredStatuses(_ status: DeliveryStatus?) throws -> [DeliveryStatus] {
    guard let status else { return [.pending, .failed] }
    guard [.pending, .failed].contains(status) else {
      throw Failure.invalid("status", "\(status.rawValue) is delivered. Allowed: PENDING, FAILED")
    }
    return [status]
  }

  /// Tries the messages that changes since `start` have put in line for channels of this process that follow an incident.
  ///
  /// - Parameter patience: seconds to wait for the outcome.
  /// - Returns: those that are still PENDING.
  public func sendUpdates(since start: Date, patience: Double) async throws -> [Communication] {
    let channels = Set(channels.keys)
    let guids = try await database.read { transaction in
      try transaction.rows(
        """
        SELECT CommunicationGuid, tocsin_queue.Channel FROM tocsin_queue JOIN tocsin_delivery USING (CommunicationGuid)
        WHERE Kind = 'UPDATE' AND QueuedAt >= ? AND Attempt = 0 ORDER BY tocsin_queue.Id
        """, [.time(start)]
      ).filter { channels.contains(try $0.text("Channel")) }.map { try $0.text("CommunicationGuid") }
    }
    if guids.isEmpty { return [] }
    return try await Dispatcher(self).deliver(guids, patience: patience)
      .filter { $0.status == DeliveryStatus.pending.rawValue }
  }
}
