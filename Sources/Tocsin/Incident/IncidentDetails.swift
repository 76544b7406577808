import Storage

/// An incident with the number of what hangs on it.
public struct IncidentDetails: Sendable, Equatable {
  public let incident: Incident
  public let alertCount: Int
  public let noteCount: Int
  public let communicationCount: Int
  public let timelineCount: Int
}

extension IncidentDetails: Codable {
  private enum Key: String, CodingKey { case alertCount, noteCount, communicationCount, timelineCount }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    incident = try Incident(from: decoder)
    alertCount = try container.decode(Int.self, forKey: .alertCount)
    noteCount = try container.decode(Int.self, forKey: .noteCount)
    communicationCount = try container.decode(Int.self, forKey: .communicationCount)
    timelineCount = try container.decode(Int.self, forKey: .timelineCount)
  }

  /// The incident's columns, and beside them the counts.
  public func encode(to encoder: any Encoder) throws {
    try incident.encode(to: encoder)
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(alertCount, forKey: .alertCount)
    try container.encode(noteCount, forKey: .noteCount)
    try container.encode(communicationCount, forKey: .communicationCount)
    try container.encode(timelineCount, forKey: .timelineCount)
  }
}

extension Incidents {
  /// The incident that `id` names, with its counts.
  public func details(of id: String) async throws -> IncidentDetails {
    try await database.read { transaction in
      let incident = try transaction.incident(id)
      func count(_ table: String) throws -> Int {
        try transaction.integer(
          "SELECT count(*) FROM \(table) WHERE IncidentGuid = ?", [.text(incident.incidentGuid)])
      }
      return IncidentDetails(
        incident: incident, alertCount: try count("data_incident_alert"), noteCount: try count("data_incident_note"),
        communicationCount: try count("data_incident_communication"),
        timelineCount: try count("data_incident_timeline"))
    }
  }
}
