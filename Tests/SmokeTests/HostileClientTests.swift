import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct HostileClientTests {
  private let tocsin = Program()
  private static let host = "Host: localhost\r\n"

  /// Failure: clients that send a byte now and then hold everything there is to hold.
  @Test func `300 slow clients are all closed in time, and alerts come in meanwhile`() async throws {
    OpenFiles.allowMany()
    let server = try tocsin.start("serve", "--listen", "127.0.0.1:0")
    let port = try #require(Int(try await server.waitFor(/address +http:\/\/127\.0\.0\.1:(\d+)/)))
    let sender = AlertSender(server: "http://127.0.0.1:\(port)")
    #expect(try await sender.send("first") == 200)
    let before = try server.memory().now
    var slow: [Wire] = []
    for number in 0..<300 {
      let wire = try await Wire.connect(port: port)
      if number % 3 > 0 { wire.send("POST /in/alertmanager HTTP/1.1\r\n\(Self.host)X: ") }
      slow.append(wire)
    }
    // The limit for a head is 10 seconds, looked at every 5.
    let deadline = ContinuousClock.now + .seconds(25)
    var alerts = 0
    while slow.contains(where: { !$0.isClosed }), ContinuousClock.now < deadline {
      for (number, wire) in slow.enumerated() where number % 3 == 1 && !wire.isClosed { wire.send("a") }
      let status = try await sender.send("meanwhile \(alerts)")
      #expect(status == 200)
      alerts += 1
      try await Task.sleep(for: .milliseconds(300))
    }
    #expect(slow.allSatisfy { $0.isClosed })
    #expect(alerts > 5)
    #expect(slow.allSatisfy { $0.statuses == [] || $0.statuses == [408] })
    #expect(try server.memory().most - before <= 64 << 10)
    try await stop(server)
  }

  /// Failure: a body that is far too large is kept, or read to its end, before it is refused.
  @Test func `10 MB on every route that takes a body are refused, 50 at a time, in bounded memory`() async throws {
    OpenFiles.allowMany()
    let server = try tocsin.start("serve", "--listen", "127.0.0.1:0")
    let port = try #require(Int(try await server.waitFor(/address +http:\/\/127\.0\.0\.1:(\d+)/)))
    let token = try await tocsin.run("create-token", "--name", "t", "--role", "admin", "-q").line
    var sender = AlertSender(server: "http://127.0.0.1:\(port)")
    sender.token = token
    #expect(try await sender.send("first") == 200)
    let routes = try await Self.routesWithBody(port)
    #expect(routes.contains("POST /in/alertmanager") && routes.count > 5)
    let before = try server.memory().now
    let chunk = [UInt8]("ffff\r\n\(String(repeating: "a", count: 0xFFFF))\r\n".utf8)
    let requests = routes.flatMap { route in
      ["Content-Length: 10485760", "Transfer-Encoding: chunked"].map { (route, $0) }
    }
    var waiting = (requests + requests + requests).prefix(150)[...]
    while !waiting.isEmpty {
      let wires = try await withThrowingTaskGroup { group in
        for (route, framing) in waiting.prefix(50) {
          group.addTask {
            let wire = try await Wire.connect(port: port)
            wire.send(
              "\(route) HTTP/1.1\r\n\(Self.host)Authorization: Bearer \(token)\r\n"
                + "Content-Type: application/json\r\n\(framing)\r\n\r\n")
            for _ in 0..<160 { wire.send(chunk) }
            _ = try await wire.end(within: 40)
            return (route + " " + framing, wire.statuses)
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      for (request, statuses) in wires {
        // Some routes refuse before they read a body.
        let fits = request.hasSuffix("chunked") ? statuses.allSatisfy { (400..<500).contains($0) } : statuses == [413]
        #expect(fits && statuses.count <= 1, "\(request): \(statuses)")
      }
      waiting = waiting.dropFirst(50)
      let status = try await sender.send("meanwhile \(waiting.count)")
      #expect(status == 200)
    }
    let most = try server.memory().most
    #expect(most - before <= 64 << 10, "\(before) KiB before, \(most) KiB at most")
    try await stop(server)
  }

  @Test func `JSON that is 10,000 deep, and text that is no UTF-8, are refused on every way in`() async throws {
    let server = try tocsin.start("serve", "--listen", "127.0.0.1:0")
    let port = try #require(Int(try await server.waitFor(/address +http:\/\/127\.0\.0\.1:(\d+)/)))
    let token = try await tocsin.run("create-token", "--name", "t", "--role", "admin", "-q").line
    let head = "\(Self.host)Authorization: Bearer \(token)\r\nConnection: close\r\n"
    let deep = [UInt8](#"{"title":"#.utf8) + [UInt8](repeating: UInt8(ascii: "["), count: 10_000)
    let garbled = [UInt8](#"{"title":""#.utf8) + [0xFF, 0xC0, 0xAF] + [UInt8](#""}"#.utf8)
    for path in ["/in/alertmanager", "/api/v1/incidents"] {
      for body in [deep, garbled] {
        let wire = try await Wire.connect(port: port)
        wire.send(
          "POST \(path) HTTP/1.1\r\n\(head)Content-Type: application/json\r\nContent-Length: \(body.count)\r\n\r\n")
        wire.send(body)
        let text = try await wire.end()
        #expect(text.contains("\"code\":\"malformed\""))
        #expect(wire.statuses == [400])
      }
    }
    for target in ["/api/v1/incidents?search=%FF%FE", "/api/v1/incidents/%FF%FE%FD%FC%FB%FA", "/%C0%AF"] {
      let wire = try await Wire.connect(port: port)
      wire.send("GET \(target) HTTP/1.1\r\n\(head)\r\n")
      _ = try await wire.end()
      #expect(wire.statuses.allSatisfy { (400..<500).contains($0) } && wire.statuses.count == 1, "\(wire.text)")
    }
    try await stop(server)
  }

  /// `POST /in/alertmanager` and so on, with something in place of each parameter.
  private static func routesWithBody(_ port: Int) async throws -> [String] {
    let wire = try await Wire.connect(port: port)
    wire.send("GET /openapi.json HTTP/1.1\r\n\(host)Connection: close\r\n\r\n")
    let json = try #require(try await wire.end().components(separatedBy: "\r\n\r\n").last)
    let document = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    let paths = document?["paths"] as? [String: [String: Any]] ?? [:]
    return paths.flatMap { path, methods in
      methods.keys.filter { ["post", "put", "patch"].contains($0) }.map {
        "\($0.uppercased()) \(path.replacing(/\{\w+\}/, with: "abcdef"))"
      }
    }.sorted()
  }

  private func stop(_ server: RunningProgram) async throws {
    server.signal(SIGTERM)
    let ended = try await server.end()
    #expect(ended.status == 0)
    #expect(!ended.talk.contains("\"level\":\"error\""), "\(ended.talk.suffix(2000))")
  }
}
