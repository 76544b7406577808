import Foundation
import Hummingbird
import Logging
import Tocsin

/// What all doors for alerts share.
struct IntakeDesk: Sendable {
  let incidents: Incidents
  let logger: Logger

  /// What spans of time count from.
  var now: Date { incidents.database.now() }

  /// The bytes of a body that says it is JSON.
  ///
  /// - Throws: what answers 413 and 415.
  func json(_ request: Request) async throws -> Data {
    try request.requireJSON()
    return try await bytes(request)
  }

  func bytes(_ request: Request) async throws -> Data {
    Data(buffer: try await request.body.collect(upTo: Limits.largestBody))
  }

  /// Returns when everything is on disk.
  func receive(_ signals: [AlertSignal]) async throws -> Intake {
    let intake = try await incidents.receive(signals)
    // Every request has its line in the log already.
    logger.log(
      level: intake.opened.isEmpty ? .debug : .info, "alerts received",
      metadata: [
        "source": "\(signals.first?.source ?? "none")", "alerts": "\(intake.received)",
        "opened": "\(intake.opened.count)",
      ])
    return intake
  }
}
