import CZlib
import HTTPTypes
import TestSupport
import Testing

@testable import Server
@testable import Tocsin

@Suite struct GzipTests {
  // On SQLite only: this is about HTTP, which no engine decides.

  @Test func `A long page is a fifth of its size on the way, and the same page at its end`() async throws {
    try await Self.withLongPage { look in
      let plain = try await look("/incidents", [:])
      let packed = try await look("/incidents", [.acceptEncoding: "br, gzip", .fetchSite: "none"])
      #expect(plain.headers[.contentEncoding] == nil && packed.headers[.contentEncoding] == "gzip")
      #expect(packed.headers[.contentLength] == "\(packed.bytes.count)" && packed.headers[.vary] == "accept-encoding")
      #expect(packed.bytes.count * 5 < plain.bytes.count)
      let unpacked = String(decoding: try unpacked(packed.bytes), as: UTF8.self)
      #expect(unpacked.replacing(Self.now, with: "") == plain.text.replacing(Self.now, with: ""))
    }
  }

  /// Failure: how long a page gets by what another site puts into its address tells the token in it (BREACH).
  @Test func `What another site asks for goes out as it is`() async throws {
    try await Self.withLongPage { look in
      for site in ["cross-site", "same-site", "odd"] {
        let answer = try await look("/incidents", [.acceptEncoding: "gzip", .fetchSite: site])
        #expect(answer.status == 200 && answer.headers[.contentEncoding] == nil, "\(site)")
      }
      let searched = try await look("/incidents?search=Number", [.acceptEncoding: "gzip"])
      let listed = try await look("/incidents", [.acceptEncoding: "gzip"])
      #expect(searched.headers[.contentEncoding] == nil && listed.headers[.contentEncoding] == "gzip")
      let style = try await look("/", [:]).text.firstMatch(of: /"(\/assets\/tocsin.css[^"]*)"/)
      let address = String(try #require(style).1)
      let loaded = try await look(address, [.acceptEncoding: "gzip", .fetchSite: "cross-site"])
      #expect(loaded.headers[.contentEncoding] == "gzip", "everybody may have it: it tells nothing")
    }
  }

  @Test(arguments: ["", "br", "gzip;q=0", "gzip; q=0.000", "x-gzip", "gzip;q=none", "*"])
  func `A client that does not name gzip gets plain text`(_ accepted: String) async throws {
    try await Self.withLongPage { look in
      let answer = try await look("/incidents", [.acceptEncoding: accepted, .fetchSite: "same-origin"])
      #expect(answer.headers[.contentEncoding] == nil && answer.text.contains("</html>"))
    }
  }

  @Test func `A short answer, a file for a program and a stream are not packed`() async throws {
    try await Self.withLongPage { look in
      let headers: HTTPFields = [.acceptEncoding: "gzip", .fetchSite: "same-origin"]
      for address in ["/healthz", "/api/v1/incidents?limit=50", "/openapi.json"] {
        let answer = try await look(address, headers)
        #expect(answer.status == 200 && answer.headers[.contentEncoding] == nil, "\(address)")
      }
    }
  }

  private static var now: Regex<Substring> { /datetime="[^"]*"|data-now="[^"]*"/ }

  private static func withLongPage(
    _ body: @escaping (@escaping (String, HTTPFields) async throws -> TestBench.HTTPAnswer) async throws -> Void
  ) async throws {
    try await TestDatabase.sqlite.run { bench in
      let ada = try await bench.person("ada")
      for number in 0..<50 { try await bench.incident("Number \(number)") }
      try await body { path, headers in
        var browser = ada
        return try await bench.send(.get, path, by: &browser, headers)
      }
    }
  }
}

/// What was packed in the format of gzip.
private func unpacked(_ packed: [UInt8]) throws -> [UInt8] {
  let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  stream.initialize(to: z_stream())
  defer { stream.deallocate() }
  try #require(inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK)
  defer { inflateEnd(stream) }
  var (source, plain) = (packed, [UInt8](repeating: 0, count: packed.count * 100))
  let (ended, left) = source.withUnsafeMutableBufferPointer { source in
    plain.withUnsafeMutableBufferPointer { plain in
      (stream.pointee.next_in, stream.pointee.avail_in) = (source.baseAddress, UInt32(source.count))
      (stream.pointee.next_out, stream.pointee.avail_out) = (plain.baseAddress, UInt32(plain.count))
      return (inflate(stream, Z_FINISH), Int(stream.pointee.avail_out))
    }
  }
  try #require(ended == Z_STREAM_END)
  return plain.dropLast(left)
}
