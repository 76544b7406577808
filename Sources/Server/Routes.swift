import Hummingbird
import Logging
import Tocsin

/// All routes. Add a group: a file and a line here.
enum Routes {
  /// What the routes and the layers around them need beside the library.
  struct Surroundings: Sendable {
    var proxies = TrustedProxies()
    /// Whether this server speaks TLS.
    var isEncrypted = false
    /// Sign-in by an OpenID provider.
    var oidc: OIDCLogin?
    var metrics: PrometheusMetrics?
    var logger = Logger(label: "tocsin")
  }

  static func router(_ incidents: Incidents, logger: Logger) -> Router<Context> {
    table(incidents, Surroundings(logger: logger)).router
  }

  static func table(_ incidents: Incidents, _ surroundings: Surroundings) -> RouteTable {
    let logger = surroundings.logger
    let router = Router(context: Context.self)
    router.add(
      middleware: Requests(
        proxies: surroundings.proxies, isEncrypted: surroundings.isEncrypted, logger: logger))
    router.add(middleware: FailureResponses())
    var table = RouteTable(router, Authorization(incidents))
    HealthRoutes(incidents: incidents).add(to: &table)
    MetricsRoutes(standing: StandingGauges(incidents), metrics: surroundings.metrics).add(to: &table)
    IntakeRoutes(desk: IntakeDesk(incidents: incidents, logger: logger)).add(to: &table)
    EventRoutes(incidents: incidents).add(to: &table)
    CallbackRoutes(incidents: incidents, logger: logger).add(to: &table)
    CallRoutes(incidents: incidents).add(to: &table)
    SessionRoutes(incidents: incidents).add(to: &table)
    AssetRoutes().add(to: &table)
    SignInRoutes(incidents: incidents, oidc: surroundings.oidc, logger: logger).add(to: &table)
    SetUpRoutes(incidents: incidents).add(to: &table)
    for pages in PageRoutes.all(incidents) { pages.add(to: &table) }
    DocumentRoutes().add(to: &table)
    table.refuseOtherMethods()
    return table
  }
}
