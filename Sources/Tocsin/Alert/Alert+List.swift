import Storage

/// Which alerts to list. Everything that is set must hold.
public struct AlertFilter: Sendable {
  public var status: AlertStatus?
  public var severity: Severity?
  public var source: String?
  public var package: String?
  /// Whether somebody has taken it on.
  public var acknowledged: Bool?
  /// Whether a silence holds it back.
  public var silenced: Bool?
  /// Held back by the silence with this guid.
  public var silence: String?
  /// Whether an incident has it that is not closed.
  public var hasOpenIncident: Bool?

  public init() {}

  /// Whether anything is set.
  public var isEmpty: Bool { conditions.isEmpty }

  var conditions: [PagedList.Condition] {
    var parts: [PagedList.Condition] = []
    if let status { parts.append(.init("Status = ?", [.text(status.rawValue)])) }
    if let severity { parts.append(.init("Severity = ?", [.text(severity.rawValue)])) }
    if let source, !source.isEmpty { parts.append(.init("Source = ?", [.text(source)])) }
    if let package, !package.isEmpty { parts.append(.init("Package = ?", [.text(package)])) }
    if let acknowledged { parts.append(.init("AcknowledgedAt IS \(acknowledged ? "NOT " : "")NULL")) }
    if let silenced { parts.append(.init("SilencedUntil IS \(silenced ? "NOT " : "")NULL")) }
    if let silence { parts.append(.init("SilencedBy = ? AND SilencedUntil IS NOT NULL", [.text(silence)])) }
    if let hasOpenIncident { parts.append(.init((hasOpenIncident ? "" : "NOT ") + Self.openIncident)) }
    return parts
  }

  private static let openIncident = """
    EXISTS (SELECT 1 FROM data_incident_alert AS link
      JOIN data_incident AS incident ON incident.IncidentGuid = link.IncidentGuid
      WHERE link.AlertGuid = data_alert.AlertGuid AND incident.Status <> 'CLOSED')
    """
}

extension Incidents {
  /// The alerts received, the newest first: an alert keeps the place of its first arrival when it comes again.
  ///
  /// - Throws: ``Failure`` with code `invalid` for a limit below 1 or a cursor that is none.
  public func alerts(_ filter: AlertFilter = AlertFilter(), page: PageRequest = PageRequest()) async throws -> Page<
    Alert
  > {
    var list = PagedList.alerts
    list.conditions = filter.conditions
    return try await database.read { [list] in try $0.page(list, page, Alert.init) }
  }
}
