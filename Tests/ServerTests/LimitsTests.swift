import NIOCore
import TestSupport
import Testing

@testable import Server

// On SQLite only: this is about HTTP, which no engine decides.
@Suite struct LimitsTests {
  private static let host = "Host: localhost\r\n"
  private static let get = "GET /healthz HTTP/1.1\r\n\(host)\r\n"
  private static let post = "POST /in/alertmanager HTTP/1.1\r\n\(host)Content-Type: application/json\r\n"

  /// So short that a test need not wait, and still longer than a busy machine takes for an honest request.
  private static var short: Limits {
    var limits = Limits()
    (limits.head, limits.idle, limits.body, limits.stall) = (
      .milliseconds(800), .milliseconds(800), .milliseconds(800), .milliseconds(800)
    )
    (limits.pulse, limits.linger) = (.milliseconds(100), .milliseconds(500))
    return limits
  }

  @Test func `What is too large is refused by what is too large, and the connection closed`() async throws {
    let fields = (0..<100_000).map { "X\($0): a\r\n" }.joined()
    let field = String(repeating: "a", count: 1 << 20)
    let chunk = String(repeating: "a", count: 0xFFFF)
    let chunks = String(repeating: "ffff\r\n\(chunk)\r\n", count: 160)
    try await TestDatabase.sqlite.run { bench in
      try await bench.serve { port in
        for (request, status) in [
          ("GET /healthz HTTP/1.1\r\n\(Self.host)\(fields)\r\n", 431),
          ("GET /healthz HTTP/1.1\r\n\(Self.host)X: \(field)\r\n\r\n", 431),
          ("GET /\(field) HTTP/1.1\r\n\(Self.host)\r\n", 414),
          ("GET /\(field.prefix(9000)) HTTP/1.1\r\n\(Self.host)\r\n", 414),
          ("\(Self.post)Content-Length: 10000000\r\n\r\n", 413),
          ("\(Self.post)Content-Length: 10485760\r\n\r\n" + chunks, 413),
          ("\(Self.post)Content-Length: 99999999999999999999\r\n\r\n", 400),
          ("\(Self.post)Transfer-Encoding: chunked\r\n\r\n" + chunks, 413),
        ] {
          let wire = try await Wire.exchange(port, request)
          #expect(wire.statuses == [status], "\(request.prefix(150))")
          #expect(wire.text.contains("application/problem+json") && wire.text.contains("\"status\":\(status)"))
        }
        #expect(try await Wire.isAlive(port))
      }
    }
  }

  @Test func `What is too large for Alertmanager's API is refused by a text in JSON`() async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.serve { port in
        for (path, isText) in [("/in/alertmanager/api/v2/alerts", true), ("/in/alertmanager", false)] {
          let wire = try await Wire.exchange(
            port,
            "POST \(path) HTTP/1.1\r\n\(Self.host)Content-Type: application/json\r\nContent-Length: 10000000\r\n\r\n")
          #expect(wire.statuses == [413])
          let text = wire.text
          #expect(text.contains("content-type: application/json\r\n") == isText, "\(text)")
          #expect(text.contains("\r\n\r\n\"the body is larger than") == isText, "\(text)")
        }
      }
    }
  }

  @Test func `An address of 8 KiB and a body of 1 MiB are let in`() async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.serve { port in
        let path = "/healthz?" + String(repeating: "a", count: (8 << 10) - "/healthz?".count)
        let close = "Connection: close\r\n"
        let wire = try await Wire.exchange(port, "GET \(path) HTTP/1.1\r\n\(Self.host)\(close)\r\n")
        #expect(wire.statuses == [200])
        let body = #"{"version": "4", "groupKey": "g", "alerts": []}"#
        let padded = body + String(repeating: " ", count: (1 << 20) - body.utf8.count)
        let posted = try await Wire.exchange(port, "\(Self.post)\(close)Content-Length: \(1 << 20)\r\n\r\n\(padded)")
        #expect(posted.statuses == [200], "\(posted.text)")
      }
    }
  }

  /// Failure: each of many clients sends a byte now and then, and holds a connection for as long as it likes.
  @Test func `Clients that send too slowly are closed while others are served`() async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.serve(Self.short) { port in
        let kinds: [(String, [Int])] = [
          ("", []), ("GET /healthz HTTP/1.1\r\nX: ", [408]), ("\(Self.post)Content-Length: 1000\r\n\r\n", [408]),
          ("\(Self.post)Transfer-Encoding: chunked\r\n\r\n3e8\r\n", [408]), (Self.get, [200]),
          (Self.get, [200, 408]),
        ]
        var slow: [(wire: Wire, statuses: [Int], drips: Bool)] = []
        for (start, statuses) in kinds {
          for _ in 0..<20 {
            let wire = try await Wire.connect(port: port)
            wire.send(start)
            if statuses == [200, 408] {
              _ = try await eventually("the first is answered") { wire.statuses == [200] ? true : nil }
              wire.send("GET /h")
            }
            slow.append((wire, statuses, statuses.contains(408)))
          }
        }
        // A byte now and then does not help.
        for _ in 0..<5 {
          for client in slow where client.drips { client.wire.send("a") }
          try await Task.sleep(for: .milliseconds(100))
          #expect(try await Wire.isAlive(port))
        }
        for client in slow {
          _ = try await client.wire.end()
          #expect(client.wire.statuses == client.statuses)
        }
      }
    }
  }

  @Test func `A client that does not read its answer is closed`() async throws {
    try await TestDatabase.sqlite.run { bench in
      let note = String(repeating: "long ", count: 12_000)
      let guid = try await bench.incident().incidentGuid
      for _ in 0..<100 { try await bench.incidents.addNote(guid, type: .general, content: note) }
      let token = try await bench.token(.viewer)
      try await bench.serve(Self.short) { port in
        let request =
          "GET /api/v1/incidents/\(guid)/report?format=text HTTP/1.1\r\n\(Self.host)Authorization: Bearer \(token)\r\n\r\n"
        let reader = try await Wire.connect(port: port)
        reader.send(request)
        let whole = try await eventually("a reader gets it all") { reader.text.utf8.count > 6_000_000 ? true : nil }
        #expect(whole)
        let deaf = try await Wire.connect(port: port, reads: false)
        for _ in 0..<4 { deaf.send(request) }
        try await Task.sleep(for: .milliseconds(300))
        #expect(try await Wire.isAlive(port))
        _ = try await eventually("it was closed") { deaf.isBroken ? true : nil }
      }
    }
  }

  @Test func `Beyond the number of connections only health is answered, and beyond that nothing`() async throws {
    var limits = Limits()
    limits.connections = (most: 5, spare: 2)
    try await TestDatabase.sqlite.run { [limits] bench in
      try await bench.serve(limits) { port in
        var held: [Wire] = []
        for _ in 0..<5 {
          let wire = try await Wire.connect(port: port)
          wire.send(Self.get)
          _ = try await eventually("it is served") { wire.statuses == [200] ? true : nil }
          held.append(wire)
        }
        let refused = try await Wire.exchange(port, "GET /readyz HTTP/1.1\r\n\(Self.host)\r\n")
        #expect(refused.statuses == [503])
        #expect(refused.text.lowercased().contains("retry-after: 5"))
        #expect(try await Wire.isAlive(port))
        held += [try await Wire.connect(port: port), try await Wire.connect(port: port)]
        #expect(try await Wire.exchange(port, Self.get).text.isEmpty)
        held = []
        let isOpen = try await eventually("places are given back") {
          let answer = try await Wire.exchange(port, "GET /readyz HTTP/1.1\r\n\(Self.host)Connection: close\r\n\r\n")
          return answer.statuses == [200] ? true : nil
        }
        #expect(isOpen)
      }
    }
  }

  @Test func `Whoever asks first whether a body is wanted is told, and not for one that is too large`() async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.serve { port in
        let body = #"{"version": "4", "groupKey": "g", "alerts": []}"#
        let expect = "Expect: 100-continue\r\nConnection: close\r\n"
        let wire = try await Wire.connect(port: port)
        wire.send("\(Self.post)\(expect)Content-Length: \(body.utf8.count)\r\n\r\n")
        _ = try await eventually("the body is wanted") { wire.statuses == [100] ? true : nil }
        wire.send(body)
        _ = try await wire.end()
        #expect(wire.statuses == [100, 200])
        let large = try await Wire.exchange(port, "\(Self.post)\(expect)Content-Length: 2000000\r\n\r\n")
        #expect(large.statuses == [413])
      }
    }
  }

  @Test func `A connection is closed after the answer when the client wants that, and kept otherwise`() async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.serve { port in
        for head in ["HTTP/1.1\r\n\(Self.host)Connection: Close\r\n\r\n", "HTTP/1.0\r\n\r\n"] {
          let wire = try await Wire.exchange(port, "GET /healthz \(head)\(Self.get)")
          #expect(wire.statuses == [200])
          #expect(wire.text.lowercased().contains("connection: close"))
        }
        let kept = try await Wire.connect(port: port)
        for count in 1...3 {
          kept.send(Self.get)
          _ = try await eventually("it is answered") { kept.statuses.count == count ? true : nil }
        }
        #expect(!kept.isClosed)
      }
    }
  }
}
