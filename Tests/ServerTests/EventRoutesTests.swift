import API
import Foundation
import Hummingbird
import Logging
import Storage
import TestSupport
import Testing
import Tocsin

@testable import Server

@Suite struct EventRoutesTests {
  @Test(arguments: TestDatabase.all)
  func `A reader hears each event as it commits, with its number and as the JSON that is shown everywhere`(
    _ engine: TestDatabase
  )
    async throws
  {
    try await engine.run { bench in
      try await bench.incident("before")
      let token = try await bench.token(.viewer)
      try await bench.serve { port in
        let reader = try await Wire.events(port, token)
        let guid = try await bench.incident("after").incidentGuid
        try await bench.incidents.addNote(guid, type: .general, content: "two\nlines\r\nand \u{2028} more")
        let ids = try await eventually("two events came") { reader.ids.count == 2 ? reader.ids : nil }
        #expect(ids == [2, 3])
        let expected = try await bench.incidents.timeline(of: guid).map { try JSON.encode($0) }
        #expect(reader.data == expected)
        #expect(reader.text.contains("HTTP/1.1 200 OK"))
        for header in ["content-type: text/event-stream", "cache-control: no-store", "x-accel-buffering: no"] {
          #expect(reader.text.lowercased().contains(header))
        }
        #expect(reader.text.contains("retry: 3000\n\n"))
      }
    }
  }

  @Test(arguments: TestDatabase.all)
  func `What another process writes to the same database is heard too`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let token = try await bench.token(.responder)
      let other = try await Incidents.open(bench.path)
      try await bench.serve { port in
        let reader = try await Wire.events(port, token)
        for number in 0..<10 {
          try await other.create(title: "other \(number)", severity: .low, package: "P")
          try await bench.incident("own \(number)")
        }
        let ids = try await eventually("all came") { reader.ids.count >= 20 ? reader.ids : nil }
        #expect(ids == Array(1...20))
      }
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Whoever comes back with the last number misses nothing and hears nothing twice`(_ engine: TestDatabase)
    async throws
  {
    try await engine.run { bench in
      for number in 0..<300 { try await bench.incident("\(number)") }
      let token = try await bench.token(.admin)
      try await bench.serve { port in
        for (query, header) in [
          ("", "Last-Event-ID: 7\r\n"), ("?last_event_id=7", ""), ("?last_event_id=1", "Last-Event-ID: 7\r\n"),
        ] {
          let reader = try await Wire.events(port, token, query, header)
          let ids = try await eventually("all came") { reader.ids.last == 300 ? reader.ids : nil }
          #expect(ids == Array(8...300))
        }
        let fresh = try await Wire.events(port, token, "?last_event_id=300")
        try await bench.incident("new")
        let ids = try await eventually("it came") { fresh.ids.isEmpty ? nil : fresh.ids }
        #expect(ids == [301])
      }
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A number that no event has, and a parameter that is none, are refused`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.incident()
      let token = try await bench.token(.viewer)
      for (query, status) in [
        ("last_event_id=2", 422), ("last_event_id=-1", 422), ("last_event_id=x", 422), ("last_event_id=1.0", 422),
        ("last_event_id=99999999999999999999", 422), ("last_event_id=%FF", 400),
        ("last_event_id=1&last_event_id=1", 422),
        ("incident_guid=nothing", 422), ("incident=1", 422),
      ] {
        let answer = try await bench.send(.get, "/api/v1/events?\(query)", token: token)
        #expect(answer.status == status, "\(query) \(answer.text)")
        #expect(answer.headers[.contentType] == "application/problem+json")
      }
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Only who may read incidents may listen`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      for (token, status) in [(nil, 401), ("tocsin_wrong", 401), (try await bench.token(.ingest), 403)] {
        let answer = try await bench.send(.get, "/api/v1/events", token: token)
        #expect(answer.status == status)
      }
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A reader of one incident hears of no other, from the past and from now on`(_ engine: TestDatabase) async throws
  {
    try await engine.run { bench in
      let guids = [try await bench.incident("a").incidentGuid, try await bench.incident("b").incidentGuid]
      for number in 0..<200 {
        try await bench.incidents.addNote(guids[number % 2], type: .general, content: "\(number)")
      }
      let token = try await bench.token(.viewer)
      try await bench.serve { port in
        let reader = try await Wire.events(port, token, "?last_event_id=0&incident_guid=\(guids[1])")
        for number in 0..<50 {
          try await bench.incidents.addNote(guids[number % 2], type: .general, content: "\(number)")
        }
        let expected = try await bench.incidents.timeline(of: guids[1]).map(\.seq)
        let ids = try await eventually("all came") { reader.ids.count >= expected.count ? reader.ids : nil }
        #expect(ids == expected)
      }
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A token that is taken away ends the stream at the next heartbeat`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let token = try await bench.token(.viewer)
      try await bench.serve(router: bench.impatient) { port in
        let reader = try await Wire.events(port, token)
        _ = try await eventually("a heartbeat came") { reader.text.contains("\n:\n\n") ? true : nil }
        #expect(!reader.isClosed)
        try await bench.tamper("DELETE FROM tocsin_token")
        let text = try await reader.end()
        // The end of a chunked answer: a client knows that it was cut off on purpose.
        #expect(text.hasSuffix("0\r\n\r\n"))
      }
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A role that is taken away ends the stream at the next heartbeat`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let token = try await bench.token(.viewer)
      try await bench.serve(router: bench.impatient) { port in
        let reader = try await Wire.events(port, token)
        try await bench.tamper("UPDATE tocsin_token SET Role = 'ingest'")
        _ = try await reader.end()
      }
    }
  }

  @Test(arguments: TestDatabase.all)
  func `A server that stops ends its streams at once, and opens no other`(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let token = try await bench.token(.viewer)
      try await bench.serve { port in
        let reader = try await Wire.events(port, token)
        bench.incidents.timelineFeed.close()
        #expect(try await reader.end(within: 2).hasSuffix("0\r\n\r\n"))
        let answer = try await bench.send(.get, "/api/v1/events", token: token)
        #expect(answer.status == 503 && answer.headers[.retryAfter] == "5")
      }
    }
  }

  /// Failure: one who never reads makes the server keep everything for them.
  @Test(arguments: TestDatabase.all)
  func `A reader that does not read is dropped, and the others hear everything meanwhile`(_ engine: TestDatabase)
    async throws
  {
    var limits = Limits()
    (limits.stall, limits.pulse) = (.seconds(1), .milliseconds(100))
    try await engine.run { [limits] bench in
      let guid = try await bench.incident().incidentGuid
      let token = try await bench.token(.viewer)
      try await bench.serve(limits) { port in
        let deaf = try await Wire.events(port, token, reads: false)
        let reader = try await Wire.events(port, token)
        for number in 0..<2000 {
          let long = String(repeating: "\(number) ", count: 300)
          async let _ = bench.incidents.addNote(guid, type: .general, content: long)
        }
        let ids = try await eventually("all came", within: 40) { reader.ids.count >= 2000 ? reader.ids : nil }
        #expect(ids == Array(2...2001))
        _ = try await eventually("the other was dropped") { deaf.isBroken ? true : nil }
        #expect(!reader.isClosed)
      }
    }
  }
}

extension TestBench {
  /// The stream of events with a heartbeat five times a second.
  fileprivate var impatient: Router<Context> {
    let router = Router(context: Context.self)
    router.add(middleware: FailureResponses())
    var table = RouteTable(router, Authorization(incidents))
    var routes = EventRoutes(incidents: incidents)
    routes.heartbeat = .milliseconds(200)
    routes.add(to: &table)
    return table.router
  }
}

extension Wire {
  /// A reader of events, when the server has said that it listens from now on.
  fileprivate static func events(
    _ port: Int, _ token: String, _ query: String = "", _ header: String = "", reads: Bool = true
  ) async throws -> Wire {
    let wire = try await Wire.connect(port: port, reads: reads)
    wire.send(
      "GET /api/v1/events\(query) HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(token)\r\n\(header)\r\n")
    guard reads else { return wire }
    _ = try await eventually("the stream began: \(wire.text)") { wire.text.contains("retry: ") ? true : nil }
    return wire
  }

  fileprivate var ids: [Int] { fields("id: ").compactMap { Int($0) } }
  fileprivate var data: [String] { fields("data: ") }

  private func fields(_ name: String) -> [String] {
    text.utf8.split(separator: 10).filter { $0.starts(with: name.utf8) }
      .map { String(decoding: $0.dropFirst(name.utf8.count), as: UTF8.self) }
  }
}
