import TestSupport
import Testing

@testable import Server

/// Requests that a proxy before us may read in another way than we do, so that one client's bytes become another's request.
@Suite struct SmugglingTests {
  // On SQLite only: this is about HTTP, which no engine decides.
  private static let host = "Host: localhost\r\n"
  /// What would be answered with 200 if it were taken for a second request.
  private static let second = "GET /healthz HTTP/1.1\r\n\(host)\r\n"

  /// Heads, each in front of a body that ends with a second request.
  private static let heads = [
    "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
    "Content-Length: 4\r\nContent-Length: 4\r\n", "Content-Length: 4\r\nContent-Length: 5\r\n",
    "Content-Length: 4, 4\r\n", "Content-Length: +4\r\n", "Content-Length: -4\r\n", "Content-Length: 0x4\r\n",
    "Content-Length: 4 4\r\n", "Content-Length : 4\r\n", "Content-Length: \r\n",
    "Transfer-Encoding: xchunked\r\n", "Transfer-Encoding: identity\r\n", "Transfer-Encoding: gzip, chunked\r\n",
    "Transfer-Encoding: chunked, gzip\r\n", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding:\u{b}chunked\r\n",
    "Transfer-Encoding:\r\n chunked\r\n", "Transfer-Encoding : chunked\r\n", "X: a\r\n b\r\n", "X: a\nY: b\r\n",
    "X: a\rY: b\r\n", "X: a\0b\r\n", "X Y: a\r\n", ": a\r\n", " X: a\r\n", "Host: other\r\n",
  ]

  @Test func `A body whose length could be read in two ways is refused, and nothing after it is a request`()
    async throws
  {
    try await TestDatabase.sqlite.run { bench in
      try await bench.serve { port in
        for head in Self.heads {
          for path in ["/healthz", "/in/alertmanager"] {
            let request = "POST \(path) HTTP/1.1\r\n\(Self.host)\(head)\r\n0\r\n\r\n\(Self.second)"
            try await Self.expectRefused(request, port)
          }
        }
        #expect(try await Wire.isAlive(port))
      }
    }
  }

  @Test func `A chunked body that is not to the letter is refused, whoever was waiting for it`() async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.serve { port in
        for chunks in [
          "zz\r\nabc\r\n", "-1\r\nabc\r\n", "fffffffffffffffff\r\nabc\r\n", "0x3\r\nabc\r\n", "3\r\nabcX", "3\nabc\n",
          " 3 \r\nabc\r\n", "3;a=\nb\r\nabc\r\n", "\r\n",
        ] {
          let request =
            "POST /in/alertmanager HTTP/1.1\r\n\(Self.host)Content-Type: application/json\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n\(chunks)0\r\n\r\n\(Self.second)"
          try await Self.expectRefused(request, port)
        }
        #expect(try await Wire.isAlive(port))
      }
    }
  }

  @Test func `A first line or a host that is none is refused`() async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.serve { port in
        for request in [
          "GET /healthz HTTP/1.1\n\(Self.host)\n", "GET /healthz HTTP/1.1\r\n\r\n", "GET /healthz\r\n\r\n",
          "GET /healthz HTTP/1.2\r\n\(Self.host)\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
          "GET /healthz HTTP/1.1\r\nHost: a b\r\n\r\n", "GET /healthz HTTP/1.1\r\nHost: a/b\r\n\r\n",
          "GET http://other/healthz HTTP/1.1\r\n\(Self.host)\r\n", "GET healthz HTTP/1.1\r\n\(Self.host)\r\n",
          "CONNECT other:80 HTTP/1.1\r\n\(Self.host)\r\n", "\u{16}\u{3}\u{1}garbage\r\n\r\n",
          "POST /healthz HTTP/1.0\r\n\(Self.host)Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ] {
          try await Self.expectRefused(request, port)
        }
        for bytes: [UInt8] in [[0xFF, 0xFE], [0xC0, 0xAF], [0xED, 0xA0, 0x80]] {
          let (path, header) = (Array("GET /x".utf8) + bytes, Array("GET /healthz HTTP/1.1\r\nX: ".utf8) + bytes)
          try await Self.expectRefused(path + Array(" HTTP/1.1\r\n\(Self.host)\r\n".utf8), port)
          try await Self.expectRefused(header + Array("\r\n\(Self.host)\r\n".utf8), port)
        }
        let absolute = "GET http://localhost/healthz HTTP/1.1\r\n\(Self.host)Connection: close\r\n\r\n"
        #expect(try await Wire.exchange(port, absolute).statuses == [200])
      }
    }
  }

  @Test func `A good request before a bad one is answered, and the bad one after it`() async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.serve { port in
        let wire = try await Wire.exchange(
          port, "\(Self.second)\(Self.second)GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n\(Self.second)")
        #expect(wire.statuses == [200, 200, 400])
      }
    }
  }

  @Test func `What another protocol would say is not read as a request`() async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.serve { port in
        let wire = try await Wire.exchange(
          port, "GET /healthz HTTP/1.1\r\n\(Self.host)Connection: upgrade\r\nUpgrade: h2c\r\n\r\n\(Self.second)")
        #expect(wire.statuses == [200])
      }
    }
  }

  /// Failure: the connection breaks in the middle of a body, and the part that came is taken for all of it.
  @Test func `A body that breaks off is not taken, even when what came of it is complete by itself`() async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.serve { port in
        let alert = #"{"status": "firing", "labels": {"alertname": "a"}, "startsAt": "2026-11-21T10:00:00Z"}"#
        let body = #"{"version": "4", "groupKey": "g", "alerts": [\#(alert)]}"#
        let chunk = String(body.utf8.count, radix: 16)
        for length in [
          "Content-Length: 1000\r\n\r\n\(body)", "Transfer-Encoding: chunked\r\n\r\n\(chunk)\r\n\(body)\r\n",
        ] {
          let request = "POST /in/alertmanager HTTP/1.1\r\n\(Self.host)Content-Type: application/json\r\n\(length)"
          let wire = try await Wire.exchange(port, Array(request.utf8), finishes: true)
          #expect(wire.statuses == [400], "\(wire.text)")
        }
        try await Task.sleep(for: .milliseconds(200))
        #expect(try await bench.integer("SELECT count(*) FROM data_alert") == 0)
      }
    }
  }

  private static func expectRefused(_ request: String, _ port: Int) async throws {
    try await expectRefused(Array(request.utf8), port)
  }

  private static func expectRefused(_ request: [UInt8], _ port: Int) async throws {
    let wire = try await Wire.exchange(port, request)
    let shown = String(decoding: request.prefix(200), as: UTF8.self).debugDescription
    #expect(wire.statuses == [400], "\(shown)")
    #expect(wire.text.contains("content-type: application/problem+json"), "\(shown)")
    #expect(wire.text.contains("\"code\":\"malformed\""), "\(shown)")
  }
}
