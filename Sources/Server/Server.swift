import Foundation
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL
import Tocsin

/// The HTTP server with the dispatcher beside it: what `tocsin serve` runs.
public struct Server: Sendable {
  public struct Options: Sendable {
    public var host: String
    /// 0 takes a free one.
    public var port: Int
    /// PEM files; nil for plain HTTP.
    public var tls: (certificate: String, key: String)?
    /// Sign-in by an OpenID provider; nil for passwords only.
    public var oidc: OIDCSettings?
    /// Whose word about their clients is taken.
    public var proxies = TrustedProxies()
    /// What `/metrics` shows, beside the figures of the database and the process; give it to `MetricsSystem.bootstrap` too.
    /// Nil where metrics go elsewhere.
    public var metrics: PrometheusMetrics?

    public init(host: String, port: Int, tls: (certificate: String, key: String)? = nil) {
      self.host = host
      self.port = port
      self.tls = tls
    }
  }

  private let incidents: Incidents
  private let options: Options
  private let logger: Logger

  public init(_ incidents: Incidents, _ options: Options, logger: Logger) {
    self.incidents = incidents
    self.options = options
    self.logger = logger
  }

  /// Serves until SIGTERM or SIGINT; then finishes what is under way, for ten seconds at most. A message that is cut off by
  /// that is sent again by the next start.
  ///
  /// - Parameter whenReady: called once with the port, when the server listens.
  /// - Throws: ``Failure`` with code `unavailable` when the address is taken or TLS cannot be set up.
  public func run(whenReady: @escaping @Sendable (_ port: Int) async -> Void) async throws {
    let oidc = options.oidc.map { [database = incidents.database] in OIDCLogin($0, now: { database.now() }) }
    let surroundings = Routes.Surroundings(
      proxies: options.proxies, isEncrypted: options.tls != nil, oidc: oidc, metrics: options.metrics, logger: logger)
    Telemetry.prepare(incidents)
    let application = Application(
      router: Routes.table(incidents, surroundings).router, server: try httpServer(),
      configuration: ApplicationConfiguration(address: .hostname(options.host, port: options.port), serverName: nil),
      onServerRunning: { channel in await whenReady(channel.localAddress?.port ?? 0) }, logger: logger)
    let dispatching = Dispatching(dispatcher: Dispatcher(incidents, logger: logger))
    // The last one is told to stop first.
    let following = Following(feed: incidents.timelineFeed)
    let watching = Watching(incidents: incidents, logger: logger)
    do {
      try await runUntilTold([application, dispatching, watching, following], logger: logger)
    } catch let error as IOError {
      let reason = String(cString: strerror(error.errnoCode))
      throw Failure(.unavailable, "cannot listen on \(options.host):\(options.port): \(reason)")
    } catch is SocketAddressError.UnknownHost {
      throw Failure(.unavailable, "cannot listen on \(options.host):\(options.port): there is no such name or address")
    }
  }

  private func httpServer() throws -> HTTPServerBuilder {
    guard let tls = options.tls else { return .limited() }
    do {
      let chain = try NIOSSLCertificate.fromPEMFile(tls.certificate).map { NIOSSLCertificateSource.certificate($0) }
      let key = try NIOSSLPrivateKey(file: tls.key, format: .pem)
      var configuration = TLSConfiguration.makeServerConfiguration(
        certificateChain: chain, privateKey: .privateKey(key))
      // RFC 8996: older ones are not to be used.
      configuration.minimumTLSVersion = .tlsv12
      return try .tls(.limited(), tlsConfiguration: configuration)
    } catch {
      throw Failure(
        .unavailable, "tls.certificate or tls.key cannot be used: they must be PEM files that belong together")
    }
  }
}
