import Hummingbird
import Logging
import Tocsin

/// All routes. Add a group: a file and a line here.
enum Routes {
  static func router(_ incidents: Incidents, logger: Logger) -> Router<Context> {
    table(incidents, logger: logger).router
  }

  static func table(_ incidents: Incidents, logger: Logger) -> RouteTable {
    let router = Router(context: Context.self)
    router.add(middleware: FailureResponses(logger: logger))
    var table = RouteTable(router, Authorization(incidents))
    HealthRoutes(incidents: incidents).add(to: &table)
    IntakeRoutes(incidents: incidents, logger: logger).add(to: &table)
    CallbackRoutes(incidents: incidents, logger: logger).add(to: &table)
    CallRoutes(incidents: incidents).add(to: &table)
    return table
  }
}
