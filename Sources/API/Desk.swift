import Tocsin

/// Where calls are made: on a database of this machine, or on a server. Both have the calls of `Incidents`; each stands beside
/// its route, in `Calls/`.
public protocol Desk: Sendable {
  /// - Throws: ``Failure``, the same here and there.
  func perform<C: Call>(_ call: C) async throws -> C.Answer
}

/// The desk of this process: calls are made on the database at once.
public struct LocalDesk: Desk {
  public let incidents: Incidents
  fileprivate let principal: Principal

  /// - Parameter principal: who acts, where a call does not say.
  public init(_ incidents: Incidents, by principal: Principal) {
    self.incidents = incidents
    self.principal = principal
  }

  public func perform<C: Call>(_ call: C) async throws -> C.Answer {
    try await call.perform(on: incidents, by: actor(call.onBehalfOf))
  }
}

extension LocalDesk {
  private func actor(_ name: String?) throws -> Principal {
    guard let name, !name.isEmpty else { return principal }
    return try Principal(name)
  }
}

extension Desk {
  /// The first `limit` things of a list, or all, fetched in pages.
  func all<C: PagedCall>(_ call: C, limit: Int? = nil) async throws -> Page<C.Item> {
    if let limit, limit < 1 { throw Failure(.invalid, "limit is \(limit); it takes 1 or more", field: "limit") }
    var (call, items): (C, [C.Item]) = (call, [])
    while true {
      call.limit = min(200, (limit ?? .max) - items.count)
      let page = try await perform(call)
      items += page.items
      if page.nextCursor == nil || items.count >= limit ?? .max {
        return Page(items: items, nextCursor: page.nextCursor)
      }
      call.cursor = page.nextCursor
    }
  }
}
