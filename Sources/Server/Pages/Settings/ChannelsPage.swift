import API
import Channels
import Foundation
import Hummingbird
import Pages
import Tocsin

/// Every channel: how it is set up, how it goes, and a test of it.
struct ChannelsPage: PageGroup {
  let incidents: Incidents

  func add(to table: inout RouteTable) {
    table.add(visit: Route(.get, "/channels", .readers, "The channels, and how they go."), incidents) { visit in
      try await page(visit)
    }
    // It can send to any address at all.
    let test = Route(.post, "/channels/{name}/test", .admins, "Sends a harmless message through a channel.")
    table.add(visit: test, incidents) { visit in
      let name = try visit.parameter("name")
      do {
        let outcome = try await incidents.testChannel(name, target: visit.typed("target"), by: visit.principal)
        return visit.done("/channels", said: "channel_tested", anchor: "channel-\(outcome.channel.lowercased())")
      } catch let failure as Failure where failure.isAboutTheForm || failure.code == .unavailable {
        return try await page(visit, tested: name, problem: failure)
      }
    }
  }

  private func page(_ visit: Visit, tested: String? = nil, problem: Failure? = nil) async throws -> Response {
    let (health, standing) = (try await incidents.deliveryHealth(), try await incidents.standing())
    let tests = try await incidents.channelTests()
    let cards = Channels.all.map { type in
      var card = ChannelCard(type.about, incidents.channels[type.about.name], visit)
      card.waiting = standing.waiting[type.about.name] ?? 0
      card.troubles = health.troubles.filter { $0.channel == type.about.name }
      card.test = tests[type.about.name]
      if type.about.name == tested?.uppercased() { card.typedTarget = visit.typed("target") }
      return card
    }
    let (configured, others) = (cards.filter(\.isConfigured), cards.filter { !$0.isConfigured })
    var values: Template.Values = [
      "live": "all", "configured": configured.map(\.values), "others": others.map(\.values),
      "isNoneConfigured": configured.isEmpty, "mayTest": visit.mayAdminister,
    ]
    values.merge(try await undelivered(visit)) { $1 }
    return try visit.page("channels", values, problem: problem)
  }

  /// What did not arrive, or not yet.
  private func undelivered(_ visit: Visit) async throws -> Template.Values {
    let page = try await incidents.undelivered(page: PageRequest(limit: 10))
    let rows = page.items.map { message -> Template.Values in
      let communication = message.communication
      var row: Template.Values = [
        "ref": communication.shortRef, "channelName": communication.channel ?? "", "incident": message.incidentTitle,
        "incidentGuid": communication.incidentGuid, "reason": message.reason, "tries": message.attempts,
        "isWaiting": message.nextAt != nil, "sentAt": Stamp.age(communication.timestamp, now: visit.now),
      ]
      if let next = message.nextAt { row["next"] = Stamp.at(next) }
      return row
    }
    return ["undelivered": rows, "hasUndelivered": !rows.isEmpty, "hasMoreUndelivered": page.nextCursor != nil]
  }
}
