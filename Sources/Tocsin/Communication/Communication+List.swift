import Foundation
import Storage

/// A message in a list over all incidents: with the incident it is about, and how far it got.
public struct ListedCommunication: Sendable, Equatable {
  public let communication: Communication
  public let incidentTitle: String
  public let incidentSeverity: Severity
  /// Tries so far; 0 for one that Tocsin did not send.
  public let attempts: Int
  /// When it is tried next; nil for one that is settled.
  public let nextAt: Date?
  /// What a message waits for, other than its next try; nil for nothing.
  public let waitsFor: String?

  /// Why it has not arrived, for people.
  public var reason: String {
    [communication.errorMessage, waitsFor].compactMap(\.self).joined(separator: "; ")
  }
}

extension ListedCommunication: Codable {
  private enum Key: String, CodingKey { case incidentTitle, incidentSeverity, attempts, nextAt, waitsFor }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    communication = try Communication(from: decoder)
    incidentTitle = try container.decode(String.self, forKey: .incidentTitle)
    incidentSeverity = try container.decode(Severity.self, forKey: .incidentSeverity)
    attempts = try container.decode(Int.self, forKey: .attempts)
    nextAt = try container.decode(Date?.self, forKey: .nextAt)
    waitsFor = try container.decode(String?.self, forKey: .waitsFor)
  }

  /// The communication's columns, and beside them the rest.
  public func encode(to encoder: any Encoder) throws {
    try communication.encode(to: encoder)
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(incidentTitle, forKey: .incidentTitle)
    try container.encode(incidentSeverity, forKey: .incidentSeverity)
    try container.encode(attempts, forKey: .attempts)
    try container.encode(nextAt, forKey: .nextAt)
    try container.encode(waitsFor, forKey: .waitsFor)
  }
}

extension Incidents {
  /// The messages to people of all incidents, newest first.
  ///
  /// - Parameters:
  ///   - status: nil for all.
  ///   - channel: only this channel's; any case.
  /// - Throws: ``Failure`` with code `invalid` for a limit below 1 or a cursor that is none.
  public func communications(
    status: DeliveryStatus? = nil, channel: String? = nil, page: PageRequest = PageRequest()
  ) async throws -> Page<ListedCommunication> {
    try await listed(.messages(status.map { [$0] } ?? DeliveryStatus.allCases, channel: channel), page)
  }

  func listed(_ list: PagedList, _ page: PageRequest) async throws -> Page<ListedCommunication> {
    let configured = Set(channels.keys)
    return try await database.read { transaction in
      try transaction.page(list, page) { row in
        try ListedCommunication(row, waitsFor: try transaction.reasonToWait(row, configured))
      }
    }
  }
}

extension PagedList {
  /// Messages to people, of all incidents.
  static func messages(
    _ statuses: [DeliveryStatus], channel: String? = nil, name: String = "messages"
  ) -> PagedList {
    PagedList(
      name: name,
      select: """
        SELECT message.*, Title, Severity, NextAt, Destination, EXISTS (SELECT 1 FROM tocsin_queue AS earlier
            WHERE earlier.IncidentGuid = this.IncidentGuid AND earlier.Channel = this.Channel
              AND earlier.TargetKey = this.TargetKey AND earlier.Id < this.Id) AS IsBehind,
          (SELECT max(Number) FROM tocsin_attempt WHERE CommunicationGuid = message.CommunicationGuid) AS Attempts
        FROM data_incident_communication AS message
          JOIN data_incident ON data_incident.IncidentGuid = message.IncidentGuid
          LEFT JOIN tocsin_queue AS this ON this.CommunicationGuid = message.CommunicationGuid
        """,
      conditions: [Condition("message.Direction = 'OUTBOUND'")]
        + (nonEmpty(channel).map { [Condition("message.Channel = ?", [.text($0.uppercased())])] } ?? []),
      alternatives: statuses.map { Condition("message.Status = ?", [.text($0.rawValue)]) },
      order: [.time("message.Timestamp"), .text("message.CommunicationGuid")], isDescending: true)
  }
}

extension Transaction {
  fileprivate func reasonToWait(_ row: Row, _ configured: Set<String>) throws -> String? {
    guard try row.optionalTime("NextAt") != nil else { return nil }
    let channel = try row.optionalText("Channel") ?? ""
    if !configured.contains(channel) { return "the channel \(channel) is not configured here" }
    if try row.integer("IsBehind") == 1 { return "an earlier message of the incident goes first" }
    let destination = try destination(channel, row.text("Destination"))
    guard let until = destination.opensAt, until > now else { return nil }
    return "the receiver takes none before \(JSON.time(until))"
  }
}

extension ListedCommunication {
  fileprivate init(_ row: Row, waitsFor: String?) throws {
    self.waitsFor = waitsFor
    communication = try Communication(row)
    incidentTitle = try row.text("Title")
    incidentSeverity = try Severity(word: row.text("Severity"))
    attempts = try row.optionalInteger("Attempts") ?? 0
    nextAt = try row.optionalTime("NextAt")
  }
}
