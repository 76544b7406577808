import API
import Foundation
import Hummingbird
import Pages
import Tocsin

/// The page of one incident: all that it needs, read once.
struct IncidentView {
  /// Alerts and messages that are shown here; the rest is counted.
  static let most = 50
  static let eventsPerPage = 100
  /// Characters of a note that stand on the timeline; the rest is on a page of its own.
  static let longestNote = 4000

  let visit: Visit
  let incident: Incident
  let typed: Typed
  let query: StoryQuery
  let times: [Status: Double]
  let story: Page<StoryEntry>
  /// The newest event's number, by which a form knows what came after it.
  let newest: Int
  let counts: AlertCounts
  let links: Page<AlertLink>
  let messages: Page<Communication>
  let rules: [NotifyRule]
  let target: Incident?

  /// - Parameter query: what to show of the timeline; nil for what the address asks for.
  /// - Throws: ``Failure`` with code `invalid` for a query that is none.
  init(
    _ visit: Visit, _ incident: Incident, typed: Typed = .nothing, query asked: [String: String]? = nil
  ) async throws {
    let (incidents, guid) = (visit.incidents, incident.incidentGuid)
    (self.visit, self.incident, self.typed) = (visit, incident, typed)
    query = try StoryQuery(asked ?? visit.query, of: incident)
    times = try await incidents.timeInStatus(of: guid)
    story = try await incidents.story(
      of: guid, query.filter, page: PageRequest(limit: Self.eventsPerPage, cursor: query.cursor))
    newest = try await incidents.story(of: guid, page: PageRequest(limit: 1)).items.first?.event.seq ?? 0
    counts = try await incidents.alertCounts(of: guid)
    links = try await incidents.alerts(of: guid, page: PageRequest(limit: Self.most))
    messages = try await incidents.communications(of: guid, page: PageRequest(limit: Self.most))
    rules = visit.mayRespond ? try await incidents.notifyRules() : []
    target = try await visit.target(of: incident)
  }

  /// Whether this person may change this incident.
  var mayChange: Bool { visit.mayRespond && incident.mergedIntoGuid == nil }

  func response(_ more: Template.Values = [:], problem: Failure? = nil) throws -> Response {
    var values = values.merging(more) { $1 }
    if let said = saidOfMessages { values["said"] = said }
    return try visit.page("incident", values, problem: problem)
  }

  private var values: Template.Values {
    var values: Template.Values = [
      "live": incident.incidentGuid, "guid": incident.incidentGuid, "address": incident.address,
      "mayChange": mayChange, "mayRespond": visit.mayRespond, "version": incident.version, "seen": newest,
      "steps": steps, "composer": composer, "closing": closing, "edit": edit,
    ]
    for part in [head, facts, timeline, alerts, communications] { values.merge(part) { $1 } }
    if let target {
      values["merged"] = ["to": target.address, "words": Unseen.shown(target.title)] as Template.Values
    }
    return values
  }

  /// How many messages were sent, when the address says so. Whole numbers only: nobody's words get in here.
  private var saidOfMessages: String? {
    guard let sent = visit.asked("sent").flatMap({ Int($0) }) else { return nil }
    let (failed, pending) = (
      visit.asked("failed").flatMap { Int($0) } ?? 0, visit.asked("pending").flatMap { Int($0) } ?? 0
    )
    let parts = [("inc_sent", sent), ("inc_pending", pending), ("inc_failed", failed)]
      .filter { $0.1 > 0 }.map { visit.texts.count($0.0, $0.1) }
    return parts.isEmpty ? nil : parts.joined(separator: " ")
  }
}

extension Visit {
  /// The incident that the path names.
  ///
  /// - Throws: ``Failure`` with code `notFound`; `invalid` for a prefix that is too short or fits several.
  func incident() async throws -> Incident {
    let id = try parameter("id")
    do {
      return try await incidents.get(id)
    } catch let failure as Failure where failure.code == .notFound {
      throw Failure(.notFound, texts("inc_unknown", ["id": printable(id)]))
    }
  }

  fileprivate func target(of incident: Incident) async throws -> Incident? {
    guard let guid = incident.mergedIntoGuid else { return nil }
    return try? await incidents.get(guid)
  }
}

extension NotifyOutcome {
  /// The counts as an address carries them.
  var text: String { "sent=\(sent)&failed=\(failed)&pending=\(pending)" }
}
