import API
import Foundation
import Hummingbird
import Pages
import Tocsin

/// How Tocsin itself goes.
struct SystemPage: PageGroup {
  let incidents: Incidents

  func add(to table: inout RouteTable) {
    table.add(visit: Route(.get, "/system", .readers, "How Tocsin itself goes."), incidents) { visit in
      try await page(visit)
    }
    // It reads every event there is.
    let verification = Route(.post, "/system/verification", .admins, "Verifies the timeline and the audit log.")
    table.add(visit: verification, incidents) { visit in
      let start = ContinuousClock.now
      let verdicts = (try await incidents.verifyTimeline(), try await incidents.verifyAuditLog())
      return try await page(visit, verdict: Self.values(verdicts.0, verdicts.1, visit, ContinuousClock.now - start))
    }
  }

  private func page(_ visit: Visit, verdict: Template.Values? = nil) async throws -> Response {
    let (health, facts) = (try await incidents.deliveryHealth(), try await incidents.databaseFacts())
    var values: Template.Values = [
      "live": "all", "version": Product.version, "mayAdminister": visit.mayAdminister,
      "engine": facts.engine, "schema": facts.schema, "size": Bytes.text(facts.bytes),
      "waiting": health.waiting, "failed": health.failed, "underWay": facts.underWay, "senders": facts.senders,
      "listeners": incidents.timelineFeed.listeners, "mostListeners": TimelineFeed.mostListeners,
      "channels": incidents.channels.keys.sorted().joined(separator: ", "), "hasChannels": !incidents.channels.isEmpty,
      "findings": try await Findings(incidents, visit, health, facts).all(),
    ]
    // Where it lies is nobody's business who cannot get there anyway.
    if visit.mayAdminister, let place = facts.place { values["place"] = place }
    if let url = incidents.settings.publicURL { values["publicURL"] = url }
    if let oldest = health.oldest { values["oldest"] = Stamp.age(oldest, now: visit.now) }
    if let verdict { values["verdict"] = verdict }
    if visit.mayAdminister { values.merge(try await DemoButtons.values(incidents)) { $1 } }
    return try visit.page("system", values)
  }

  private static func values(
    _ timeline: TimelineVerdict, _ audit: AuditVerdict, _ visit: Visit, _ duration: Duration
  ) -> Template.Values {
    let texts = visit.texts
    var values: Template.Values = [
      "isWhole": timeline.firstFault == nil && audit.firstFault == nil,
      "events": texts.count("system_events", timeline.events), "head": timeline.head,
      "entries": texts.count("system_entries", audit.entries), "auditHead": audit.head,
      "took": String(format: "%.1f", duration / .seconds(1)), "verified": Stamp.at(visit.now),
    ]
    if let fault = timeline.firstFault {
      values["fault"] = texts("system_fault", ["seq": String(fault.seq)])
      values["faultProblem"] = fault.problem
      if let guid = fault.timelineGuid { values["faultGuid"] = guid }
    }
    if let place = audit.firstFault { values["auditFault"] = texts("system_audit_fault", ["seq": String(place)]) }
    return values
  }
}

/// Sizes as people read them.
enum Bytes {
  static func text(_ count: Int) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"]
    var (value, unit) = (Double(count), 0)
    while value >= 1000, unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
    return unit == 0 ? "\(count) B" : String(format: value < 10 ? "%.1f" : "%.0f", value) + " \(units[unit])"
  }
}
