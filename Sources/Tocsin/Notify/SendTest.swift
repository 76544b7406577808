import Foundation
import Storage

extension Incidents {
  /// Sends one harmless message through a channel, to see whether it arrives. Nothing is put on record.
  ///
  /// - Parameter item: `CHANNEL` or `CHANNEL:TARGET`.
  /// - Throws: ``Failure`` with code `invalid` for a bad item or target, `notFound` for a channel that is not configured,
  ///   `unavailable` when the channel did not accept the message, `invalid` when it never will.
  public func sendTest(_ item: String, by: Principal = .system) async throws -> Receipt {
    let item = try NotifyRule.Item(item)
    guard let channel = channels[item.channel] else {
      throw Failure(.notFound, "the channel \(item.channel) is not configured (channels.\(item.channel.lowercased()))")
    }
    guard let target = item.target ?? channel.defaultTarget else {
      throw Failure.invalid("channel", "\(item.channel) has no default target; give \(item.channel):TARGET")
    }
    if let fault = channel.fault(inTarget: target) { throw Failure.invalid("channel", "target: \(fault)") }
    let message = try await database.read { $0.testMessage(target, by: by) }
    do throws(SendFailure) {
      return try await channel.send(message)
    } catch {
      let isFinal = if case .permanent = error { true } else { false }
      throw Failure(
        isFinal ? .invalid : .unavailable, "\(item.channel) did not accept the test message: \(error.reason)")
    }
  }
}

extension Transaction {
  fileprivate func testMessage(_ target: String, by: Principal) -> OutboundMessage {
    let text = "This is a test of Tocsin's messages, asked for by \(by.name). Nothing is wrong."
    let incident = Incident(
      incidentGuid: newGuid(), title: "Test message", severity: .low, status: .created, package: "TOCSIN",
      description: text, assignedTo: nil, createdBy: by.name, createdAt: now, closedBy: nil, closedAt: nil,
      resolutionSummary: nil, rootCause: nil, acknowledgedAt: nil, acknowledgedBy: nil, updatedAt: now,
      mergedIntoGuid: nil, version: 1)
    return OutboundMessage(
      kind: .test, communicationGuid: newGuid(), shortRef: "REF-00000000-TEST", target: target,
      subject: "Tocsin test message", text: text, incident: incident)
  }
}
