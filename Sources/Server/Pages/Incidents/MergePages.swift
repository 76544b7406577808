import API
import Foundation
import Hummingbird
import Pages
import Tocsin

/// Merging an incident into another, in three steps: choose the other one, see what will move, do it.
struct MergePages: PageGroup {
  private static let most = 20

  let incidents: Incidents

  func add(to table: inout RouteTable) {
    let path = "/incidents/{id}/merge"
    table.add(visit: Route(.get, path, .responders, "Where to merge an incident."), incidents) { visit in
      let source = try await visit.incident()
      do {
        guard let id = visit.asked("into") else { return try await choice(visit, source) }
        return try await confirmation(visit, source, into: id)
      } catch let failure as Failure where failure.isAboutTheForm {
        return try await choice(visit, source, problem: failure)
      }
    }
    table.add(visit: Route(.post, path, .responders, "Merges an incident into another."), incidents) { visit in
      let source = try await visit.incident()
      do {
        let target = try await visit.desk.merge(source.incidentGuid, into: visit.form["into"] ?? "")
        return visit.done(target.address, said: "merged")
      } catch let failure as Failure where failure.isAboutTheForm {
        return try await choice(visit, source, problem: failure)
      }
    }
  }

  /// The open incidents that it could go into.
  private func choice(_ visit: Visit, _ source: Incident, problem: Failure? = nil) async throws -> Response {
    var filter = IncidentFilter()
    filter.statuses = Set(Status.allCases).subtracting([.closed])
    filter.search = visit.asked("search")
    filter.limit = Self.most + 1
    let found = try await incidents.list(filter).items.filter { $0.incidentGuid != source.incidentGuid }
    var values = about(visit, source)
    values["targets"] = found.prefix(Self.most).map { incident -> Template.Values in
      visit.row(incident).merging([
        "choose": source.address + "/merge?" + FormText.encoded([("into", incident.incidentGuid)])
      ]) { $1 }
    }
    values["hasNoTargets"] = found.isEmpty
    values["search"] = visit.asked("search") ?? ""
    values["into"] = visit.asked("into") ?? ""
    return try visit.page("incident_merge", values, problem: problem)
  }

  private func confirmation(_ visit: Visit, _ source: Incident, into id: String) async throws -> Response {
    let target: Incident
    do {
      target = try await incidents.get(id)
    } catch let failure as Failure where failure.code == .notFound {
      throw Failure(.notFound, visit.texts("inc_unknown", ["id": printable(id)]))
    }
    if let refusal = refusal(visit, source, target) { throw refusal }
    let details = try await incidents.details(of: source.incidentGuid)
    let texts = visit.texts
    var values = about(visit, source)
    values["target"] = visit.row(target)
    values["moving"] = [
      texts.count("inc_alerts", details.alertCount), texts.count("inc_notes", details.noteCount),
      texts.count("inc_messages", details.communicationCount), texts.count("inc_events", details.timelineCount),
    ].map { ["what": $0] as Template.Values }
    return try visit.page("incident_merge_confirm", values)
  }

  /// What the merge itself would refuse, before somebody confirms it.
  private func refusal(_ visit: Visit, _ source: Incident, _ target: Incident) -> Failure? {
    if source.incidentGuid == target.incidentGuid { return Failure(.conflict, visit.texts("inc_merge_itself")) }
    if source.mergedIntoGuid != nil { return Failure(.conflict, visit.texts("inc_merge_again")) }
    return target.status == .closed ? Failure(.conflict, visit.texts("inc_merge_closed")) : nil
  }

  private func about(_ visit: Visit, _ source: Incident) -> Template.Values {
    ["source": visit.row(source), "address": source.address]
  }
}
