import CZlib
import HTTPTypes
import Hummingbird

extension Response {
  /// The same in the format of gzip, where the client takes it and it is text worth it.
  ///
  /// A page holds a secret, the session's CSRF token, and what a stranger put into its address; whoever watches how long
  /// pages get could guess the one by the other (BREACH, CVE-2013-3587). So what another site's page asks for goes out as it
  /// is, and so does an answer to a query from a browser that does not say who asks (Fetch Metadata). What everybody may
  /// keep holds no secret.
  func gzipped(for request: Request) async throws -> Response {
    guard request.takesGzip, isText, (body.contentLength ?? 0) >= Self.leastGzipped else { return self }
    let isPublic = headers[.cacheControl]?.contains("public") == true
    let isForeign = request.isOfAnotherSite ?? (request.uri.query != nil)
    guard isPublic || !isForeign else { return self }
    var response = self
    var bytes = ByteBuffer()
    try await body.write(Collected { bytes = $0 })
    response.body = ResponseBody(byteBuffer: Gzip.packed(bytes))
    response.headers[.contentEncoding] = "gzip"
    response.headers[.vary] = "accept-encoding"
    return response
  }

  /// Bytes. What fits into one packet gains nothing.
  private static let leastGzipped = 1_200

  private var isText: Bool {
    guard let type = headers[.contentType], headers[.contentEncoding] == nil else { return false }
    return type.hasPrefix("text/") || type.hasPrefix("image/svg+xml")
  }
}

extension Request {
  /// Whether `Accept-Encoding` names gzip, and not with a weight of 0 (RFC 9110, section 12.5.3).
  fileprivate var takesGzip: Bool {
    (headers[.acceptEncoding] ?? "").lowercased().split(separator: ",").contains { choice in
      let parts = choice.split(separator: ";").map { $0.filter { !$0.isWhitespace } }
      guard parts.first == "gzip" else { return false }
      return !parts.dropFirst().contains { $0.hasPrefix("q=") && (Double($0.dropFirst(2)) ?? 0) == 0 }
    }
  }
}

/// A body in one piece.
private struct Collected: ResponseBodyWriter {
  var bytes = ByteBuffer()
  let done: (ByteBuffer) -> Void

  init(_ done: @escaping (ByteBuffer) -> Void) { self.done = done }

  mutating func write(_ buffer: ByteBuffer) { bytes.writeImmutableBuffer(buffer) }
  consuming func finish(_ trailingHeaders: HTTPFields?) { done(bytes) }
}

/// The format of RFC 1952.
enum Gzip {
  static func packed(_ bytes: ByteBuffer) -> ByteBuffer {
    // In one place throughout: zlib remembers where it is.
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    precondition(beginGzip(stream) == Z_OK, "zlib has no memory")
    defer {
      deflateEnd(stream)
      stream.deallocate()
    }
    var packed = ByteBuffer()
    let most = Int(deflateBound(stream, UInt(bytes.readableBytes)))
    packed.writeWithUnsafeMutableBytes(minimumWritableBytes: most) { room in
      bytes.withUnsafeReadableBytes { plain in
        // zlib does not write to what it reads, though its type does not say so.
        let start = UnsafeMutableRawPointer(mutating: plain.baseAddress)
        stream.pointee.next_in = start?.assumingMemoryBound(to: Bytef.self)
        stream.pointee.avail_in = uInt(plain.count)
        stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: Bytef.self)
        stream.pointee.avail_out = uInt(room.count)
        precondition(deflate(stream, Z_FINISH) == Z_STREAM_END, "there is room for all of it")
        return room.count - Int(stream.pointee.avail_out)
      }
    }
    return packed
  }
}
