import Storage

extension Incidents {
  /// The incident that `id` names.
  ///
  /// - Throws: ``Failure`` with code `notFound`; `invalid` for a prefix that is too short or fits several incidents.
  public func get(_ id: String) async throws -> Incident {
    try await database.read { try $0.incident(id) }
  }
}

extension Transaction {
  /// The incident that `id` names: a guid, the start of one, or the REF of one of its messages.
  func incident(_ id: String) throws -> Incident {
    if let row = try row("SELECT * FROM data_incident WHERE IncidentGuid = ?", [.text(id)]) { return try Incident(row) }
    if let ref = ShortRef.find(in: id) { return try incident(ref: ref) }
    return try incident(prefix: id)
  }

  /// The incident that `id` names, for a change: refused when it was merged away, or has another version than expected.
  func openToChange(_ id: String, expectedVersion: Int? = nil) throws -> Incident {
    let incident = try incident(id)
    if let target = incident.mergedIntoGuid {
      throw Failure(.conflict, "incident \(incident.incidentGuid) was merged into \(target); change that one instead")
    }
    if let expectedVersion, expectedVersion != incident.version {
      throw Failure(
        .outdated,
        "incident \(incident.incidentGuid) has version \(incident.version), not \(expectedVersion): it was changed "
          + "meanwhile. Read it again, and repeat your change if it still holds",
        allowed: [String(incident.version)])
    }
    return incident
  }

  private func incident(ref: String) throws -> Incident {
    let row = try row(
      """
      SELECT data_incident.* FROM data_incident JOIN data_incident_communication USING (IncidentGuid) WHERE ShortRef = ?
      """, [.text(ref)])
    guard let row else { throw Failure(.notFound, "there is no message with the reference \(ref)") }
    return try Incident(row)
  }

  private func incident(prefix: String) throws -> Incident {
    let missing = Failure(
      .notFound, "there is no incident \"\(printable(prefix))\". `tocsin list-incidents` shows those there are")
    let characters = prefix.lowercased()
    guard characters.utf8.allSatisfy({ (48...57).contains($0) || (97...122).contains($0) || $0 == 45 }) else {
      throw missing
    }
    guard characters.utf8.count >= 6 else {
      throw Failure.invalid(
        "id", "\"\(printable(prefix))\" is too short: give a guid, at least its first 6 characters, or a REF")
    }
    let found = try rows(
      "SELECT * FROM data_incident WHERE IncidentGuid >= ? AND IncidentGuid < ? ORDER BY IncidentGuid LIMIT 6",
      [.text(characters), .text(characters + "~")])
    guard let first = found.first else { throw missing }
    guard found.count == 1 else {
      let guids = try found.prefix(5).map { try $0.text("IncidentGuid") }
      throw Failure.invalid(
        "id",
        "\"\(characters)\" fits several incidents: " + guids.joined(separator: ", ")
          + (found.count > 5 ? " and more" : "") + ". Give more characters", allowed: guids)
    }
    return try Incident(first)
  }
}
