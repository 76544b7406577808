/// Where an incident stands, and where it may go from there.
public enum Status: String, Word {
  case created = "CREATED"
  case investigating = "INVESTIGATING"
  case monitoring = "MONITORING"
  case closed = "CLOSED"

  public static let field = "status"

  /// The transition table. Out of CLOSED is a reopen.
  public var next: [Status] {
    switch self {
    case .created: [.investigating, .closed]
    case .investigating: [.monitoring, .closed]
    case .monitoring: [.investigating, .closed]
    case .closed: [.investigating]
    }
  }

  /// - Throws: ``Failure`` with code `conflict` and the list of what is allowed.
  func check(movesTo new: Status) throws {
    guard !next.contains(new) else { return }
    let allowed = next.map(\.rawValue)
    let problem =
      self == new ? "the incident is \(rawValue) already" : "an incident cannot go from \(rawValue) to \(new.rawValue)"
    throw Failure(
      .conflict, "\(problem). Allowed from \(rawValue): \(allowed.joined(separator: ", "))",
      field: "new_status", allowed: allowed)
  }
}
