import Storage

extension Incidents {
  /// Merges `source` into `target`: links, notes, timeline and messages move, each remembering where it came from, and the
  /// source closes for good. A REF sent for the source leads to the target from then on.
  ///
  /// - Returns: the target.
  /// - Throws: ``Failure`` with code `conflict` when both are the same, the source was merged before or the target is
  ///   closed; `notFound`.
  @discardableResult
  public func merge(_ source: String, into target: String, by: Principal = .system) async throws -> Incident {
    let merged = try await database.write { transaction in
      var source = try transaction.incident(source)
      let target = try transaction.incident(target)
      try refuse(source, target)
      // Before the rows move: the message belongs to the source, and moves with the others.
      try transaction.follow(.incidentMerged, source, "Merged into incident \(target.incidentGuid)", by: by)
      try transaction.moveRows(from: source.incidentGuid, to: target.incidentGuid)
      try transaction.seal(&source, mergedInto: target, by: by)
      return try transaction.incident(target.incidentGuid)
    }
    outboxBell.ring()
    return merged
  }
}

private func refuse(_ source: Incident, _ target: Incident) throws {
  if source.incidentGuid == target.incidentGuid {
    throw Failure(.conflict, "an incident cannot be merged into itself")
  }
  if let other = source.mergedIntoGuid {
    throw Failure(.conflict, "incident \(source.incidentGuid) was merged into \(other) before")
  }
  if target.status == .closed {
    throw Failure(
      .conflict,
      "incident \(target.incidentGuid) is closed. Reopen it first (update-status … INVESTIGATING), or merge "
        + "into an open one")
  }
}

extension Transaction {
  fileprivate func moveRows(from source: String, to target: String) throws {
    try moveLinks(from: source, to: target)
    try closeTimeline()
    for table in ["data_incident_note", "data_incident_communication", "data_incident_timeline"] {
      try execute(
        """
        UPDATE \(table) SET OriginIncidentGuid = coalesce(OriginIncidentGuid, IncidentGuid), IncidentGuid = ?
        WHERE IncidentGuid = ?
        """, [.text(target), .text(source)])
    }
    try execute(
      "UPDATE tocsin_alert_group SET IncidentGuid = ? WHERE IncidentGuid = ?", [.text(target), .text(source)])
  }

  /// An alert linked to both keeps the earlier link.
  private func moveLinks(from source: String, to target: String) throws {
    let both = "AlertGuid IN (SELECT AlertGuid FROM data_incident_alert WHERE IncidentGuid = ?)"
    let later = """
      EXISTS (SELECT 1 FROM data_incident_alert AS other WHERE other.IncidentGuid = ?
        AND other.AlertGuid = data_incident_alert.AlertGuid AND other.LinkedAt < data_incident_alert.LinkedAt)
      """
    try execute(
      "DELETE FROM data_incident_alert WHERE IncidentGuid = ? AND \(later)", [.text(target), .text(source)])
    try execute("DELETE FROM data_incident_alert WHERE IncidentGuid = ? AND \(both)", [.text(source), .text(target)])
    try execute(
      """
      UPDATE data_incident_alert SET OriginIncidentGuid = coalesce(OriginIncidentGuid, IncidentGuid), IncidentGuid = ?
      WHERE IncidentGuid = ?
      """, [.text(target), .text(source)])
  }

  /// Closes the source, and says so on both sides. The source's event stays with the source: it is written last.
  fileprivate func seal(_ source: inout Incident, mergedInto target: Incident, by: Principal) throws {
    acknowledge(&source, by: by)
    source.status = .closed
    source.closedAt = source.closedAt ?? now
    source.closedBy = source.closedBy ?? by.name
    source.mergedIntoGuid = target.incidentGuid
    let former = source.resolutionSummary
    source.resolutionSummary = "Merged into \(target.incidentGuid)"
    try save(&source)
    var target = target
    try save(&target)
    try record(
      .incidentMerged, on: target.incidentGuid,
      "Incident \(source.incidentGuid) \"\(source.title)\" merged into this one",
      by: by, metadata: ["source_incident_guid": .string(source.incidentGuid)])
    try record(
      .incidentMerged, on: source.incidentGuid, "Merged into incident \(target.incidentGuid) \"\(target.title)\"",
      by: by,
      metadata: [
        "merged_into_guid": .string(target.incidentGuid), "former_resolution_summary": former.map(JSONValue.string),
      ].compactMapValues(\.self))
  }
}
