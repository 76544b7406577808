import ArgumentParser
import Logging
import Metrics
import Server
import Tocsin

struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Take in alerts, send messages and answer the HTTP API, until told to stop.",
    discussion: """
      Alertmanager's webhook goes to /in/alertmanager; the API is below /api/v1, its description at /docs. The first start
      prints a link that makes the first user; `tocsin create-token` makes a token for a program. Before either, only
      this machine may send alerts.
      SIGTERM or Ctrl-C ends it in at most ten seconds; nothing is lost.

      Example:
        tocsin serve --listen 127.0.0.1:8420
      """)

  @Option(
    help: ArgumentHelp("Where to listen; port 0 takes a free one. [default: 127.0.0.1:8420]", valueName: "host:port"))
  var listen: String?
  @OptionGroup var place: PlaceOptions

  func run() async throws {
    let configuration = try place.configuration()
    LocalOptions.noteThatServerIsUnused(configuration)
    let address = try address(configuration)
    let incidents = try await Incidents.open(configuration)
    let hasTokens = try await incidents.hasTokens()
    guard address.isLoopback || hasTokens else {
      throw Failure(
        .invalid,
        "\(address.host) can be reached from other machines, so a token is needed first: "
          + "tocsin create-token --name alertmanager --role ingest", field: "listen")
    }
    LoggingSystem.bootstrap(
      { JSONLog(label: $0, metadataProvider: $1) }, metadataProvider: RequestID.metadata)
    let metrics = PrometheusMetrics()
    MetricsSystem.bootstrap(metrics)
    var options = Server.Options(host: address.host, port: address.port, tls: configuration.tls)
    options.proxies = TrustedProxies(configuration.trustedProxies)
    options.oidc = configuration.oidc
    options.metrics = metrics
    let logger = Logger(label: "tocsin")
    let silent = try await incidents.checkNotifyRules().filter { $0.state == .broken }.map(\.notifyCode)
    if !silent.isEmpty { logger.warning("nobody is told under some notify codes", metadata: ["codes": "\(silent)"]) }
    let server = Server(incidents, options, logger: logger)
    try await server.run { port in
      // Without the database nobody could use it either.
      let secret = try? await incidents.drawSetUpSecret()
      greet(configuration, address, port, setUpSecret: secret ?? nil, silent)
    }
  }

  private func address(_ configuration: Configuration) throws -> ListenAddress {
    guard let listen else { return configuration.listen }
    guard let address = ListenAddress(listen) else {
      throw Failure(.invalid, "listen \"\(printable(listen))\" is no address; write HOST:PORT, such as 127.0.0.1:8420")
    }
    return address
  }

  private func greet(
    _ configuration: Configuration, _ address: ListenAddress, _ port: Int, setUpSecret: String?, _ silentCodes: [String]
  ) {
    let host = address.host.contains(":") ? "[\(address.host)]" : address.host
    let url = "\(configuration.tls == nil ? "http" : "https")://\(host):\(port)"
    let names = configuration.channels.map { type(of: $0).about.name }
    let setUp = setUpSecret.map { secret in
      """

        set up    \(configuration.settings.publicURL ?? url)/setup?secret=\(secret)
                  makes the first user; good once, within an hour
      """
    }
    let silent =
      silentCodes.isEmpty
      ? ""
      : "\n  notify    nobody is told under \(silentCodes.joined(separator: ", ")): `tocsin doctor` says why"
    // Nobody has to read it: alerts come in all the same.
    try? Terminal.write(
      """
      Tocsin \(Product.version)
        address   \(url)
        database  \(configuration.database)
        channels  \(names.isEmpty ? "none configured: nobody will be told (docs/channels.md)" : names.joined(separator: ", "))\(silent)
        alerts    POST \(url)/in/alertmanager\(setUp ?? "")
      """)
  }
}
