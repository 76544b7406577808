import NIOCore

/// What a client may take up before it is sent away, so that a bad one cannot harm the others.
struct Limits: Sendable {
  /// Bytes; a larger body is refused with 413.
  static let largestBody = 1 << 20

  /// From the first byte of a request's head to its end; for a connection's first request, from when it was opened.
  var head = TimeAmount.seconds(10)
  /// From an answer to the next request of the same connection.
  var idle = TimeAmount.seconds(30)
  /// From the end of the head to the end of the body.
  var body = TimeAmount.seconds(30)
  /// Without a byte of an answer being read.
  var stall = TimeAmount.seconds(30)
  /// The same, once the server is stopping.
  var stallAtStop = TimeAmount.seconds(2)
  /// Bytes of a body.
  var bodySize = Self.largestBody
  /// Bytes of an address.
  var addressSize = 8 << 10
  /// Header fields, bytes of one, and bytes of all of them with the address.
  var fields = (count: 100, size: 16 << 10, total: 32 << 10)
  /// Bytes that the kernel may hold for one reader of a stream, and as many again for its own purposes.
  var streamBuffer = 64 << 10
  /// Connections at once. Beyond these, `spare` more are let in to ask for `/healthz`.
  var connections = (most: 2000, spare: 100)
  /// For how long a refused client may go on sending before the connection is cut: an answer to one that is not done
  /// sending is lost otherwise (RFC 9112, section 9.6).
  var linger = TimeAmount.seconds(2)
  /// Between looks at the clock.
  var pulse = TimeAmount.seconds(5)
}
