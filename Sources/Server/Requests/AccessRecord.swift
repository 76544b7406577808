import Hummingbird
import Logging

/// One request and its answer, as one line of the log.
struct AccessRecord {
  /// Characters.
  private static let (longestPath, longestAgent) = (1000, 200)
  /// Asked for every few seconds, for ever.
  private static let probes: Set = ["/healthz", "/readyz", "/metrics"]

  let request: Request
  let context: Context
  let status: Int
  /// Of the body.
  let bytes: Int
  let duration: Duration

  func write(to logger: Logger) {
    var metadata: Logger.Metadata = [
      "method": "\(request.method.rawValue.prefix(20))", "path": "\(request.uri.path.prefix(Self.longestPath))",
      "status": .stringConvertible(status), "bytes": .stringConvertible(bytes),
      "ms": .stringConvertible((duration / .milliseconds(0.01)).rounded() / 100),
    ]
    metadata["route"] = context.route.map { "\($0)" }
    metadata["who"] = context.trail.visitor.map { "\($0)" }
    metadata["client"] = context.clientAddress.map { "\($0)" }
    metadata["agent"] = request.headers[.userAgent].map { "\($0.prefix(Self.longestAgent))" }
    metadata["error"] = context.trail.problem.map { "\($0)" }
    logger.log(level: level, "request", metadata: metadata)
  }

  private var level: Logger.Level {
    switch status {
    case 501: .warning
    case 500...: .error
    case 400...: .warning
    default: Self.probes.contains(context.route ?? "") ? .debug : .info
    }
  }
}
