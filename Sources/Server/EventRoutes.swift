import API
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle
import Synchronization
import Tocsin

/// The timeline as it happens, as server-sent events (WHATWG HTML, section 9.2): `id` is the event's `seq`, `data` its JSON.
/// There is no `event` field, so that `onmessage` of an EventSource gets them all; the JSON says of which type each is.
struct EventRoutes {
  let incidents: Incidents
  /// Between comments that keep a connection alive; the reader's right to listen is looked at as often.
  var heartbeat = Duration.seconds(15)
  /// The text of the newest page, which nearly all readers want at the same time.
  private let written = WrittenPage()

  init(incidents: Incidents) { self.incidents = incidents }

  func add(to table: inout RouteTable) {
    let route = Route(.get, "/api/v1/events", .readers, "Follow the timeline: every event as it happens.")
    let authorization = table.authorization
    let endpoint = Endpoint(
      route, "follow_events", query: EventQuery.fields, answers: [.init("text/event-stream", .text)])
    table.add(endpoint) { request, context in
      try await follow(request, context) {
        var (request, context) = (request, context)
        try await authorization.admit(&request, &context, to: route)
      }
    }
  }

  private func follow(
    _ request: Request, _ context: Context, admit: @escaping @Sendable () async throws -> Void
  ) async throws -> Response {
    let query = try EventQuery(request)
    let listener = try await incidents.timelineFeed.listen(after: query.lastEventId, to: query.incidentGuid)
    let stream = EventStream(channel: context.channel, heartbeat: heartbeat, written: written, admit: admit)
    var response = Response(status: .ok, body: ResponseBody { try await stream.write(listener, to: &$0) })
    response.headers = [
      .contentType: "text/event-stream", .cacheControl: "no-store", .connection: "close", .accelBuffering: "no",
    ]
    return response
  }
}

/// Ends all streams when the process is told to stop.
struct Following: Service {
  let feed: TimelineFeed

  func run() async throws {
    try? await gracefulShutdown()
    feed.close()
  }
}

/// One reader's stream.
private struct EventStream {
  /// Milliseconds after which a reader that lost its connection comes back.
  private static let retry = 3000

  let channel: any NIOCore.Channel
  let heartbeat: Duration
  let written: WrittenPage
  let admit: @Sendable () async throws -> Void

  /// Ends when the feed is closed, the reader is gone, or may no longer listen.
  func write(_ listener: TimelineFeed.Listener, to writer: inout any ResponseBodyWriter) async throws {
    Telemetry.eventReaders.move(by: 1)
    defer { Telemetry.eventReaders.move(by: -1) }
    var listener = listener
    try await writer.write(ByteBuffer(string: "retry: \(Self.retry)\n\n"))
    var due = ContinuousClock.now + heartbeat
    while channel.isActive {
      let place = listener.position
      guard let page = try await listener.next() else { break }
      if !page.entries.isEmpty { try await writer.write(written.text(of: page, after: place)) }
      guard ContinuousClock.now >= due else { continue }
      guard await mayListen() else { break }
      try await writer.write(ByteBuffer(string: ":\n\n"))
      due = .now + heartbeat
    }
    try await writer.finish(nil)
  }

  /// A database that is away takes nobody's right.
  private func mayListen() async -> Bool {
    do {
      try await admit()
    } catch let failure as Failure where [.unauthenticated, .forbidden].contains(failure.code) {
      return false
    } catch {}
    return true
  }
}

/// Remembers the last text, so that five hundred readers who are up to date share one.
private final class WrittenPage: Sendable {
  private let last = Mutex<(place: Int, page: TimelineFeed.Page, text: ByteBuffer)?>(nil)

  func text(of page: TimelineFeed.Page, after place: Int) -> ByteBuffer {
    if let text = last.withLock({ $0.flatMap { $0.place == place && $0.page.isSame(page) ? $0.text : nil } }) {
      return text
    }
    var text = ByteBuffer()
    for entry in page.entries { text.writeString("id: \(entry.seq)\ndata: \(entry.json)\n\n") }
    let written = text
    last.withLock { $0 = (place, page, written) }
    return written
  }
}

extension TimelineFeed.Page {
  /// The same events of the same feed: whole pages need not be compared.
  fileprivate func isSame(_ other: TimelineFeed.Page) -> Bool {
    through == other.through && entries.count == other.entries.count && entries.first?.seq == other.entries.first?.seq
      && entries.last?.seq == other.entries.last?.seq
  }
}

extension HTTPField.Name {
  /// Asks nginx not to gather what is meant to arrive at once. A constant of valid letters.
  fileprivate static let accelBuffering = HTTPField.Name("x-accel-buffering")!
}
