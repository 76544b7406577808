import API
import Foundation
import Hummingbird
import Pages
import Tocsin

/// What was done about access.
struct AuditPage: PageGroup {
  let incidents: Incidents

  func add(to table: inout RouteTable) {
    table.add(visit: Route(.get, "/system/audit", .admins, "The audit log."), incidents) { visit in
      do {
        let action = try visit.asked("action").map { try AuditAction(word: $0) }
        let entries = try await incidents.auditEntries(
          AuditFilter(action: action, actor: visit.asked("actor")),
          page: PageRequest(limit: 50, cursor: visit.asked("cursor")))
        return try page(visit, entries)
      } catch let failure as Failure where failure.isAboutTheForm {
        return try page(visit, Page(items: [], nextCursor: nil), problem: failure)
      }
    }
  }

  private func page(_ visit: Visit, _ entries: Page<AuditEntry>, problem: Failure? = nil) throws -> Response {
    let (chosen, actor) = (visit.asked("action") ?? "", visit.asked("actor") ?? "")
    var values: Template.Values = [
      "entries": entries.items.map { row($0, visit) }, "hasEntries": !entries.items.isEmpty, "actor": actor,
      "actions": AuditAction.allCases.map { ["value": $0.rawValue, "isChosen": $0.rawValue == chosen.uppercased()] },
    ]
    if let cursor = entries.nextCursor {
      let pairs = [("action", chosen), ("actor", actor), ("cursor", cursor)].filter { !$0.1.isEmpty }
      values["older"] = "/system/audit?" + FormText.encoded(pairs)
    }
    return try visit.page("audit", values, problem: problem)
  }

  private func row(_ entry: AuditEntry, _ visit: Visit) -> Template.Values {
    var row: Template.Values = [
      "seq": entry.seq, "action": entry.action.rawValue, "who": entry.actor, "isRefused": entry.outcome == .refused,
      "at": Stamp.at(entry.timestamp),
    ]
    if let subject = entry.subject { row["subject"] = subject }
    if let address = entry.address { row["address"] = address }
    if let metadata = entry.metadata, let text = try? JSON.encode(metadata) { row["metadata"] = text }
    return row
  }
}
