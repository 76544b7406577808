import Foundation
import Storage

/// A message with the incident it leads to, and how it got there.
public struct LocatedCommunication: Sendable, Equatable {
  public let communication: Communication
  public let incidentTitle: String
  public let incidentSeverity: Severity
  public let incidentStatus: Status
  public let incidentPackage: String
  /// Every try to hand it over, oldest first; none for one that Tocsin did not send.
  public let attempts: [Attempt]
  /// When it is tried next; nil for one that is settled.
  public let nextAt: Date?
}

extension LocatedCommunication: Codable {
  private enum Key: String, CodingKey {
    case incidentTitle, incidentSeverity, incidentStatus, incidentPackage, attempts, nextAt
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    communication = try Communication(from: decoder)
    incidentTitle = try container.decode(String.self, forKey: .incidentTitle)
    incidentSeverity = try container.decode(Severity.self, forKey: .incidentSeverity)
    incidentStatus = try container.decode(Status.self, forKey: .incidentStatus)
    incidentPackage = try container.decode(String.self, forKey: .incidentPackage)
    attempts = try container.decode([Attempt].self, forKey: .attempts)
    nextAt = try container.decode(Date?.self, forKey: .nextAt)
  }

  /// The communication's columns, and beside them the incident's.
  public func encode(to encoder: any Encoder) throws {
    try communication.encode(to: encoder)
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(incidentTitle, forKey: .incidentTitle)
    try container.encode(incidentSeverity, forKey: .incidentSeverity)
    try container.encode(incidentStatus, forKey: .incidentStatus)
    try container.encode(incidentPackage, forKey: .incidentPackage)
    try container.encode(attempts, forKey: .attempts)
    try container.encode(nextAt, forKey: .nextAt)
  }
}

extension Incidents {
  /// The message with this short reference and its incident; nil when there is none. Any case, and text around it, will do.
  ///
  /// - Throws: ``Failure`` with code `invalid` when `ref` holds no reference at all.
  public func communication(ref: String) async throws -> LocatedCommunication? {
    guard let ref = ShortRef.find(in: ref) else {
      throw Failure.invalid("short_ref", "\"\(printable(ref))\" is not a reference such as REF-20251229-A7K")
    }
    return try await database.read { transaction in
      let row = try transaction.row("SELECT * FROM data_incident_communication WHERE ShortRef = ?", [.text(ref)])
      return try row.map(Communication.init).map { communication in
        let guid = communication.communicationGuid
        let waiting = try transaction.row("SELECT NextAt FROM tocsin_queue WHERE CommunicationGuid = ?", [.text(guid)])
        let incident = try transaction.incident(communication.incidentGuid)
        return LocatedCommunication(
          communication: communication, incidentTitle: incident.title, incidentSeverity: incident.severity,
          incidentStatus: incident.status, incidentPackage: incident.package,
          attempts: try transaction.attempts(guid), nextAt: try waiting?.time("NextAt"))
      }
    }
  }

  /// The messages of an incident, newest first.
  ///
  /// - Parameters:
  ///   - channel: only this channel's; any case.
  ///   - limit: at most so many, 1 or more; nil for all.
  public func communications(
    of id: String, channel: String? = nil, limit: Int? = nil
  ) async throws -> [Communication] {
    try await communications(of: id, channel: channel, page: PageRequest(limit: limit ?? .max)).items
  }

  /// Some messages of an incident, newest first.
  ///
  /// - Parameter channel: only this channel's; any case.
  /// - Throws: ``Failure`` with code `notFound`; `invalid` for a limit below 1 or a cursor that is none.
  public func communications(
    of id: String, channel: String? = nil, page: PageRequest
  ) async throws -> Page<Communication> {
    try await database.read { transaction in
      let list = PagedList.communications(of: try transaction.incident(id).incidentGuid, channel: channel)
      return try transaction.page(list, page, Communication.init)
    }
  }
}

extension PagedList {
  static func communications(of guid: String, channel: String? = nil) -> PagedList {
    PagedList(
      name: "communications \(guid)", select: "SELECT * FROM data_incident_communication",
      conditions: [Condition("IncidentGuid = ?", [.text(guid)])]
        + (nonEmpty(channel).map { [Condition("Channel = ?", [.text($0.uppercased())])] } ?? []),
      order: [.time("Timestamp"), .text("CommunicationGuid")], isDescending: true)
  }
}

extension Transaction {
  func communications(of guid: String) throws -> [Communication] {
    try all(.communications(of: guid), Communication.init)
  }
}
