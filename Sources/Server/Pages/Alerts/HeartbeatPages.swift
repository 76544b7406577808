import API
import Foundation
import Hummingbird
import Pages
import Tocsin

/// The jobs that have to call at intervals.
struct HeartbeatPages: PageGroup {
  let incidents: Incidents

  func add(to table: inout RouteTable) {
    table.add(visit: Route(.get, "/heartbeats", .readers, "The heartbeats."), incidents) { visit in
      do {
        return try await list(visit, PageRequest(cursor: visit.asked("cursor")))
      } catch let failure as Failure where failure.isAboutTheForm {
        return try await list(visit, problem: failure)
      }
    }
    table.add(visit: Route(.post, "/heartbeats", .responders, "Makes a heartbeat."), incidents, make)
    table.add(visit: Route(.get, "/heartbeats/{heartbeat}", .readers, "A heartbeat."), incidents) { visit in
      try await page(visit)
    }
    table.add(visit: Route(.post, "/heartbeats/{heartbeat}", .responders, "Changes a heartbeat."), incidents, change)
    table.add(
      visit: Route(.post, "/heartbeats/{heartbeat}/delete", .responders, "Deletes a heartbeat."), incidents
    ) { visit in
      try await visit.desk.deleteHeartbeat(visit.parameter("heartbeat"))
      return visit.done("/heartbeats", said: "heartbeat_deleted")
    }
  }

  @Sendable private func make(_ visit: Visit) async throws -> Response {
    do {
      let name = visit.typed("name") ?? ""
      // Setting one that exists would replace it, which is not what a form for a new one says.
      if (try? await incidents.heartbeat(name)) != nil {
        throw Failure(.conflict, visit.texts("heartbeat_exists", ["name": name]), field: "name")
      }
      try await visit.desk.setHeartbeat(name, HeartbeatForm(visit).draft(visit.texts))
      return visit.done("/heartbeats/\(FormText.encoded(name))", said: "heartbeat_set")
    } catch let failure as Failure where failure.isAboutTheForm {
      return try await list(visit, problem: failure)
    }
  }

  @Sendable private func change(_ visit: Visit) async throws -> Response {
    let name = try await incidents.heartbeat(visit.parameter("heartbeat")).heartbeatName
    do {
      try await visit.desk.setHeartbeat(name, HeartbeatForm(visit).draft(visit.texts))
      return visit.done("/heartbeats/\(name)", said: "heartbeat_set")
    } catch let failure as Failure where failure.isAboutTheForm {
      return try await page(visit, problem: failure)
    }
  }

  private func list(
    _ visit: Visit, _ request: PageRequest = PageRequest(), problem failure: Failure? = nil
  ) async throws -> Response {
    let page = try await incidents.heartbeats(page: request)
    var values = HeartbeatForm(visit).values
    values["typedName"] = visit.form["name"] ?? ""
    values["isTyping"] = !visit.form.isEmpty
    values["heartbeats"] = page.items.map { $0.values(visit) }
    values["isEmpty"] = page.items.isEmpty
    values["mayRespond"] = visit.mayRespond
    values["live"] = "all"
    if let next = page.nextCursor { values["more"] = PageAddress(path: "/heartbeats").with([("cursor", next)]) }
    return try visit.page("heartbeats", values, problem: failure)
  }

  private func page(_ visit: Visit, problem failure: Failure? = nil) async throws -> Response {
    let heartbeat = try await incidents.heartbeat(visit.parameter("heartbeat"))
    var values = (visit.form.isEmpty ? HeartbeatForm(heartbeat) : HeartbeatForm(visit)).values
    values.merge(heartbeat.values(visit)) { $1 }
    values["mayRespond"] = visit.mayRespond
    values["live"] = "all"
    return try visit.page("heartbeat", values, problem: failure)
  }
}
