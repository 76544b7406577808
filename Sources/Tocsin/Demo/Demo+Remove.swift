import Foundation
import Storage

extension Incidents {
  /// Removes the demo's incidents and alerts with everything that was done to them, whoever did it, and nothing else. Events
  /// of other incidents stay as they are, place and hash included: the audit log keeps which places of the chain are empty
  /// since, and `verify-timeline` reads it there. See docs/decisions/0019-demo-data.md.
  ///
  /// - Throws: ``Failure`` with code `conflict` when there is none, or when it was merged with an incident of one's own.
  public func removeDemo(by: Principal) async throws {
    try await database.write { transaction in
      guard try transaction.row("SELECT 1 FROM tocsin_demo LIMIT 1") != nil else {
        throw Failure(.conflict, "there is no demo data")
      }
      try transaction.refuseMixedMerges()
      // Events of changes that share this commit come before.
      try transaction.closeTimeline()
      let gaps = try transaction.demoGaps()
      for statement in removal { try transaction.execute(statement) }
      try transaction.audit(.demoRemoved, nil, by: by, metadata: ["events": TimelineGap.json(gaps)])
    }
  }
}

private let incidents = "(SELECT RowGuid FROM tocsin_demo WHERE Kind = 'INCIDENT')"
private let alerts = "(SELECT RowGuid FROM tocsin_demo WHERE Kind = 'ALERT')"

/// What refers to a row goes before it.
private let removal = [
  "DELETE FROM tocsin_alert_group WHERE IncidentGuid IN \(incidents)",
  "DELETE FROM tocsin_alert_occurrence WHERE AlertGuid IN \(alerts)",
  "DELETE FROM data_alert_note WHERE AlertGuid IN \(alerts)",
  "DELETE FROM data_incident_alert WHERE IncidentGuid IN \(incidents)",
  "DELETE FROM data_incident_note WHERE IncidentGuid IN \(incidents)",
  "DELETE FROM data_incident_communication WHERE IncidentGuid IN \(incidents)",
  "DELETE FROM data_incident_timeline WHERE IncidentGuid IN \(incidents)",
  "UPDATE data_incident SET MergedIntoGuid = NULL WHERE IncidentGuid IN \(incidents)",
  "DELETE FROM data_incident WHERE IncidentGuid IN \(incidents)",
  "DELETE FROM data_alert WHERE AlertGuid IN \(alerts)",
  "DELETE FROM tocsin_demo",
]

extension Transaction {
  /// A merge has put rows of one into the other: nobody could tell them apart any more.
  fileprivate func refuseMixedMerges() throws {
    let row = try row(
      """
      SELECT source.Title AS SourceTitle, target.Title AS TargetTitle FROM data_incident AS source
        JOIN data_incident AS target ON target.IncidentGuid = source.MergedIntoGuid
      WHERE (source.IncidentGuid IN \(incidents)) <> (target.IncidentGuid IN \(incidents))
      """)
    guard let row else { return }
    let (source, target) = (try row.text("SourceTitle"), try row.text("TargetTitle"))
    throw Failure(
      .conflict,
      "\"\(printable(source))\" was merged into \"\(printable(target))\", one of them the demo's and the other not: "
        + "the demo cannot be removed without a part of your own incident")
  }

  /// The places on the timeline's chain that the demo's events have, in order.
  fileprivate func demoGaps() throws -> [TimelineGap] {
    var gaps: [TimelineGap] = []
    for row in try rows(
      "SELECT Seq, Hash FROM data_incident_timeline WHERE IncidentGuid IN \(incidents) ORDER BY Seq")
    {
      let (seq, hash) = (try row.integer("Seq"), try row.text("Hash"))
      if let last = gaps.last, last.through == seq - 1 {
        gaps[gaps.count - 1] = TimelineGap(first: last.first, through: seq, hash: hash)
      } else {
        gaps.append(TimelineGap(first: seq, through: seq, hash: hash))
      }
    }
    return gaps
  }
}
