import Hummingbird
import Logging
import Tocsin

/// All routes. Add a group: a file and a line here.
enum Routes {
  static func router(_ incidents: Incidents, oidc: OIDCLogin? = nil, logger: Logger) -> Router<Context> {
    table(incidents, oidc: oidc, logger: logger).router
  }

  static func table(_ incidents: Incidents, oidc: OIDCLogin? = nil, logger: Logger) -> RouteTable {
    let router = Router(context: Context.self)
    router.add(middleware: FailureResponses(logger: logger))
    var table = RouteTable(router, Authorization(incidents))
    HealthRoutes(incidents: incidents).add(to: &table)
    IntakeRoutes(incidents: incidents, logger: logger).add(to: &table)
    CallbackRoutes(incidents: incidents, logger: logger).add(to: &table)
    CallRoutes(incidents: incidents).add(to: &table)
    SessionRoutes(incidents: incidents).add(to: &table)
    PageRoutes(incidents: incidents, oidc: oidc, logger: logger).add(to: &table)
    DocumentRoutes().add(to: &table)
    return table
  }
}
