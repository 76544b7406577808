import Hummingbird
import HummingbirdTesting
import Logging
import TestSupport

@testable import Server

extension TestBench {
  /// Runs `body` while a real server listens, with its connections held to `limits`.
  func serve(
    _ limits: Limits = Limits(), router: Router<Context>? = nil, _ body: @Sendable (Int) async throws -> Void
  ) async throws {
    let router = router ?? Routes.router(incidents, logger: Logger(label: "test"))
    let application = Application(router: router, server: .limited(limits))
    try await application.test(.live) { client in try await body(client.port ?? 0) }
  }
}

extension Wire {
  /// Sends one request and returns everything that comes until the server closes.
  static func exchange(_ port: Int, _ request: [UInt8], finishes: Bool = false) async throws -> Wire {
    let wire = try await Wire.connect(port: port)
    wire.send(request)
    if finishes { wire.finish() }
    _ = try await wire.end()
    return wire
  }

  static func exchange(_ port: Int, _ request: String) async throws -> Wire {
    try await exchange(port, Array(request.utf8))
  }

  /// Whether somebody else is still served.
  static func isAlive(_ port: Int) async throws -> Bool {
    try await exchange(port, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").statuses == [200]
  }
}
