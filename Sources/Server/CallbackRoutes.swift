import API
import Hummingbird
import Logging
import Tocsin

/// Where vendors report what became of a message. No token is asked for: the vendor's own signature is the credential, and
/// the channel verifies it before anything is believed.
struct CallbackRoutes {
  /// Bytes; a larger body is refused with 413.
  static let largestBody = 64 * 1024

  let incidents: Incidents
  let logger: Logger

  func add(to table: inout RouteTable) {
    let route = Route(
      .post, "/in/{channel}/status", .signed, "Take a vendor's report of what became of a message.")
    table.add(Endpoint(route, "take_status", body: .init("*/*", .anything), status: 204), receive)
  }

  @Sendable private func receive(_ request: Request, _ context: Context) async throws -> Response {
    let channel = try context.parameters.require("channel")
    let body: [UInt8]
    do {
      body = Array(try await request.body.collect(upTo: Self.largestBody).readableBytesView)
    } catch let error as any HTTPResponseError where error.status == .contentTooLarge {
      throw BodyTooLarge(limit: Self.largestBody)
    }
    let headers = Dictionary(
      request.headers.map { ($0.name.canonicalName, $0.value) }, uniquingKeysWith: { "\($0), \($1)" })
    // Channels are written in lower case here, as in the configuration.
    guard channel == channel.lowercased() else { throw HTTPError(.notFound) }
    try await incidents.take(VendorCallback(headers: headers, body: body), from: channel)
    return Response(status: .noContent)
  }
}
