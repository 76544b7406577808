import API
import Hummingbird
import Pages
import Tocsin

/// What a new Tocsin still needs, for its admins: stands on the page that everybody begins with.
enum Checklist {
  /// For the template `checklist`; empty when there is nothing to show.
  static func values(_ visit: Visit) async throws -> Template.Values {
    guard visit.mayAdminister else { return [:] }
    let beginnings = try await visit.incidents.beginnings()
    let demo = try await DemoButtons.values(visit.incidents)
    var items: [Template.Values] = []
    if !beginnings.isDone, !beginnings.isDismissed {
      items = [
        item("incident", "/incidents/new", beginnings.hasIncident, visit.texts),
        channel(beginnings.test, visit.texts),
        item("source", "/sources", beginnings.hasSource, visit.texts),
        item("people", "/people", beginnings.hasOthers, visit.texts),
      ]
    }
    return ["checklist": items, "hasChecklist": !items.isEmpty].merging(demo) { $1 }
  }

  private static func item(_ name: String, _ link: String, _ isDone: Bool, _ texts: Texts) -> Template.Values {
    ["stepName": texts("checklist_\(name)"), "stepLink": link, "isDone": isDone, "hasAnswer": false]
  }

  private static func channel(_ test: ChannelTest?, _ texts: Texts) -> Template.Values {
    var values = item("channel", "/channels", test?.isAccepted == true, texts)
    guard let test else { return values }
    values["hasAnswer"] = true
    values["answer"] = test.answer
    values["answeredBy"] = test.channel
    return values
  }
}

/// Loading and removing demo data, and putting the checklist away.
struct ChecklistRoutes: PageGroup {
  let incidents: Incidents

  func add(to table: inout RouteTable) {
    let dismissal = Route(.post, "/checklist/dismissal", .admins, "Puts the checklist away.")
    table.add(visit: dismissal, incidents) { visit in
      try await incidents.dismissBeginnings(by: visit.principal)
      return visit.done("/")
    }
    table.add(visit: Route(.post, "/system/demo", .admins, "Loads demo data."), incidents) { visit in
      try await incidents.loadDemo(by: visit.principal)
      return visit.done("/", said: "demo_loaded")
    }
    table.add(visit: Route(.post, "/system/demo/removal", .admins, "Removes the demo data."), incidents) { visit in
      try await incidents.removeDemo(by: visit.principal)
      return visit.done("/", said: "demo_removed")
    }
  }
}

/// What the template `demo` needs.
enum DemoButtons {
  static func values(_ incidents: Incidents) async throws -> Template.Values {
    let standing = try await incidents.demoStanding()
    if standing.isLoaded { return ["hasDemo": true, "demoIncidents": standing.incidents, "mayLoadDemo": false] }
    return ["hasDemo": false, "mayLoadDemo": try await !incidents.hasIncidents()]
  }
}
