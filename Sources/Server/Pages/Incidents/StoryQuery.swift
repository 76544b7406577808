import Foundation
import Pages
import Tocsin

/// A kind of event that the timeline can be narrowed to.
enum StoryGroup: String, CaseIterable {
  case notes, status, alerts, messages, other

  init(_ type: EventType) {
    self =
      switch type {
      case .noteAdded: .notes
      case .incidentCreated, .statusChange, .incidentClosed, .incidentReopened, .incidentMerged: .status
      case .alertLinked, .alertAcknowledged, .alertUnacknowledged, .alertFlapping, .alertResolved: .alerts
      case .notificationSent, .notificationDelivered, .notificationFailed, .communicationLogged, .replyReceived,
        .reportEmailed:
        .messages
      case .severityChange, .assignmentChange, .detailsChange: .other
      }
  }

  var types: [EventType] { EventType.allCases.filter { StoryGroup($0) == self } }
}

/// What the address of an incident's page asks for of its timeline.
struct StoryQuery {
  /// None for all.
  private(set) var groups: [StoryGroup]
  private(set) var isOldestFirst: Bool
  private(set) var cursor: String?
  private let address: String

  /// - Throws: ``Failure`` with code `invalid` for a group that there is not.
  init(_ query: [String: String], of incident: Incident) throws {
    let words = (query["show"] ?? "").split(separator: ",").map(String.init)
    let allowed = StoryGroup.allCases.map(\.rawValue)
    if let wrong = words.first(where: { !allowed.contains($0) }) {
      throw Failure(
        .invalid, "show \"\(printable(wrong))\" is not known. Allowed: \(allowed.joined(separator: ", "))",
        field: "show", allowed: allowed)
    }
    groups = StoryGroup.allCases.filter { words.contains($0.rawValue) }
    isOldestFirst = query["order"] == "oldest"
    cursor = query["cursor"].flatMap { $0.isEmpty ? nil : $0 }
    address = incident.address
  }

  var filter: StoryFilter {
    var filter = StoryFilter()
    filter.types = Set(groups.flatMap(\.types))
    filter.newestFirst = !isOldestFirst
    return filter
  }

  /// The same with a group more, or less.
  func toggling(_ group: StoryGroup) -> StoryQuery {
    var query = from(nil)
    query.groups = groups.contains(group) ? groups.filter { $0 != group } : groups + [group]
    if query.groups.count == StoryGroup.allCases.count { query.groups = [] }
    return query
  }

  var withAll: StoryQuery {
    var query = from(nil)
    query.groups = []
    return query
  }

  var turned: StoryQuery {
    var query = from(nil)
    query.isOldestFirst.toggle()
    return query
  }

  func from(_ cursor: String?) -> StoryQuery {
    var query = self
    query.cursor = cursor
    return query
  }

  var text: String {
    var pairs: [(String, String)] = []
    if !groups.isEmpty { pairs.append(("show", groups.map(\.rawValue).joined(separator: ","))) }
    if isOldestFirst { pairs.append(("order", "oldest")) }
    if let cursor { pairs.append(("cursor", cursor)) }
    return address + (pairs.isEmpty ? "" : "?" + FormText.encoded(pairs)) + "#timeline"
  }
}
