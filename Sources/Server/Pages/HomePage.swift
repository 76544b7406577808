import API
import Foundation
import Hummingbird
import Pages
import Tocsin

/// Where everybody begins: what needs somebody now.
struct HomePage: PageGroup {
  /// Rows of each part; the list of incidents has all.
  private static let most = 20

  let incidents: Incidents

  func add(to table: inout RouteTable) {
    table.add(visit: Route(.get, "/", .readers, "What needs somebody now."), incidents) { visit in
      var values: Template.Values = ["live": "all", "mayRespond": visit.mayRespond]
      values.merge(try await open(visit)) { $1 }
      values.merge(try await sending(visit)) { $1 }
      values.merge(try await Checklist.values(visit)) { $1 }
      return try visit.page("home", values)
    }
  }

  /// Mine, those that nobody has taken on, and the others.
  private func open(_ visit: Visit) async throws -> Template.Values {
    let me = visit.person.user.name
    var filter = IncidentFilter()
    filter.statuses = [.created, .investigating, .monitoring]
    filter.limit = Self.most
    var ofMine = filter
    ofMine.assignedTo = me
    filter.statuses.remove(.created)
    let mine = try await incidents.list(ofMine)
    let waiting = try await incidents.unacknowledged(limit: Self.most + 1)
    let others = try await incidents.list(filter)
    func rows(_ incidents: [Incident]) -> [Template.Values] {
      incidents.filter { $0.assignedTo != me }.prefix(Self.most).map(visit.row)
    }
    return [
      "mine": mine.items.map(visit.row), "hasMine": !mine.items.isEmpty, "moreMine": mine.nextCursor != nil,
      "mineAddress": IncidentQuery(["assigned_to": me]).address(),
      "waiting": rows(waiting), "hasWaiting": !rows(waiting).isEmpty, "moreWaiting": waiting.count > Self.most,
      "others": rows(others.items), "hasOthers": !rows(others.items).isEmpty, "moreOthers": others.nextCursor != nil,
      "isQuiet": mine.items.isEmpty && waiting.isEmpty && others.items.isEmpty,
    ]
  }

  /// What keeps messages from their people.
  private func sending(_ visit: Visit) async throws -> Template.Values {
    let health = try await incidents.deliveryHealth()
    let lost = try await incidents.undelivered(status: .failed, page: PageRequest(limit: 5))
    // A fault may name a receiver, which rules show to responders only.
    let silent =
      visit.mayRespond
      ? try await incidents.checkNotifyRules().filter { $0.state == .broken || $0.state == .partial } : []
    let recent = lost.items.filter { visit.now.timeIntervalSince($0.communication.timestamp) < 86_400 }
    return [
      "troubles": health.troubles.map { trouble(visit, $0) }, "lost": recent.map { self.lost(visit, $0) },
      "hasLost": !recent.isEmpty, "lostCount": visit.texts.count("home_lost", health.failed),
      "silent": silent.map { ["code": $0.notifyCode, "finding": Unseen.shown($0.finding)] as Template.Values },
      "sendingCount": visit.texts.count(
        "home_reasons", health.troubles.count + recent.count + silent.count + (incidents.channels.isEmpty ? 1 : 0)),
      "hasNoChannels": incidents.channels.isEmpty,
      "isSendingBroken": !health.troubles.isEmpty || !recent.isEmpty || !silent.isEmpty || incidents.channels.isEmpty,
    ]
  }

  private func trouble(_ visit: Visit, _ trouble: DeliveryHealth.Trouble) -> Template.Values {
    var values: Template.Values = [
      "channel": trouble.channel, "destination": Unseen.shown(trouble.destination),
      "failures": visit.texts.count("home_failures", trouble.failures), "isFailing": trouble.failures > 0,
    ]
    if let since = trouble.failingSince { values["failingSince"] = Stamp.age(since, now: visit.now) }
    return values
  }

  private func lost(_ visit: Visit, _ lost: ListedCommunication) -> Template.Values {
    let message = lost.communication
    return [
      "channel": message.channel ?? "", "recipient": Unseen.shown(message.recipient ?? ""),
      "reason": Unseen.shown(lost.reason), "title": Unseen.shown(lost.incidentTitle),
      "address": "/incidents/" + FormText.encoded(message.incidentGuid) + "#communications",
      "sentAt": Stamp.age(message.timestamp, now: visit.now),
    ]
  }
}
