import Storage

/// Which alerts to list. Everything that is set must hold.
public struct AlertFilter: Sendable {
  public var status: AlertStatus?
  public var severity: Severity?
  public var source: String?
  public var package: String?
  /// Whether somebody has taken it on.
  public var acknowledged: Bool?

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
    return parts
  }
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
