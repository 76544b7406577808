import API
import Hummingbird
import Tocsin

/// The address that a job calls to say that it is well.
struct HeartbeatDoor {
  let incidents: Incidents

  func add(to table: inout RouteTable) {
    for (method, name) in [(Route.Method.post, "beat"), (.get, "beat_by_get")] {
      let route = Route(
        method, "/in/heartbeats/{heartbeat_name}", .intake, "Say that a job is well. A GET does the same as a POST.")
      table.add(Endpoint(route, name, answers: [.json(Beat.self)])) { request, context in
        // Link checkers and previews send it; it must change nothing (RFC 9110, section 9.2.1).
        if request.method == .head { throw MethodNotAllowed(allow: "GET, POST, OPTIONS") }
        // It changes something, so that a GET needs what protects a POST.
        try request.refuseForeignSites(publicURL: incidents.settings.publicURL)
        return try .json(await incidents.beat(context.parameters.require("heartbeat_name")), status: .ok)
      }
    }
  }
}
