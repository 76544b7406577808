import HTTPTypes
import Hummingbird
import Logging
import Synchronization
import Tocsin
import Tracing

/// The outermost layer, which every request passes on its way in and out: it gives it a name and finds out whose it is, measures,
/// traces and logs it, and sets the headers that all answers have.
struct Requests: RouterMiddleware {
  let proxies: TrustedProxies
  /// Whether this server speaks TLS.
  let isEncrypted: Bool
  let logger: Logger

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    let start = ContinuousClock.now
    var context = context
    context.client = proxies.client(request, from: context.remoteAddress, isEncrypted: isEncrypted)
    let id = RequestID.of(request)
    Telemetry.requestsInFlight.move(by: 1)
    do {
      var response = try await RequestID.$current.withValue(id) {
        try await traced(request, context) { try await next(request, context) }
      }
      // Of refusals too: a body after the head would be taken for the next answer.
      if request.method == .head { response = response.createHeadResponse() }
      response.headers[.requestID] = id
      response.secure(context)
      Telemetry.count(request, route: context.route, status: response.status.code, ContinuousClock.now - start)
      return closing(response) { [context] status, bytes in
        let duration = ContinuousClock.now - start
        Telemetry.requestsInFlight.move(by: -1)
        RequestID.$current.withValue(id) {
          AccessRecord(request: request, context: context, status: status, bytes: bytes, duration: duration)
            .write(to: logger)
        }
      }
    } catch {
      Telemetry.requestsInFlight.move(by: -1)
      throw error
    }
  }

  /// Calls `end` when the answer is complete: now, or for one that goes on for long, such as live events, when it ends.
  private func closing(
    _ response: Response, _ end: @escaping @Sendable (_ status: Int, _ bytes: Int) -> Void
  ) -> Response {
    let status = response.status.code
    if let length = response.body.contentLength {
      end(status, length)
      return response
    }
    var response = response
    let ending = Ending { end(status, $0) }
    let body = response.body.map { buffer in
      ending.add(buffer.readableBytes)
      return buffer
    }
    response.body = ResponseBody { writer in
      defer { ending.end() }
      try await body.write(writer)
    }
    return response
  }

  private func traced(
    _ request: Request, _ context: Context, _ respond: () async throws -> Response
  ) async throws -> Response {
    var parent = ServiceContext.current ?? .topLevel
    InstrumentationSystem.instrument.extract(request.headers, into: &parent, using: HeaderExtractor())
    let span = startSpan("unmatched", context: parent, ofKind: .server)
    defer { span.end() }
    let response = try await ServiceContext.$current.withValue(span.context) { try await respond() }
    span.operationName = "\(request.method.rawValue) \(context.route ?? "unmatched")"
    span.attributes["http.request.method"] = request.method.rawValue
    span.attributes["http.route"] = context.route
    span.attributes["http.response.status_code"] = response.status.code
    if response.status.code >= 500 { span.setStatus(SpanStatus(code: .error)) }
    return response
  }
}

private struct HeaderExtractor: Extractor {
  func extract(key: String, from headers: HTTPFields) -> String? { HTTPField.Name(key).flatMap { headers[$0] } }
}

/// The end of an answer, which comes once; at the latest when nobody holds the answer any more.
private final class Ending: Sendable {
  private let bytes = Atomic(0)
  private let action: Mutex<(@Sendable (_ bytes: Int) -> Void)?>

  init(_ action: @escaping @Sendable (_ bytes: Int) -> Void) { self.action = Mutex(action) }

  deinit { end() }

  func add(_ count: Int) { bytes.add(count, ordering: .relaxed) }

  func end() {
    let action = action.withLock { action in
      defer { action = nil }
      return action
    }
    action?(bytes.load(ordering: .relaxed))
  }
}

extension Telemetry {
  private static let methods: Set = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

  /// Counts a request under what the server knows, never under what a client chose.
  fileprivate static func count(_ request: Request, route: String?, status: Int, _ duration: Duration) {
    let method = methods.contains(request.method.rawValue) ? request.method.rawValue : "other"
    let labels = [("route", route ?? "unmatched"), ("method", method)]
    requests.count(1, labels + [("status", String(status))])
    // What a route is not made for says nothing about its speed.
    guard route != nil, status != 405, !["HEAD", "OPTIONS", "other"].contains(method) else { return }
    requestDuration.record(duration, labels)
  }
}
