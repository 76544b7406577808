import Hummingbird
import Logging
import Tocsin

/// What a request carries along: nothing of our own yet.
typealias RequestContext = BasicRequestContext

/// All routes. Add a group: a file and a line here.
public enum Routes {
  static func router(_ incidents: Incidents, logger: Logger) -> Router<RequestContext> {
    let router = Router(context: RequestContext.self)
    router.add(middleware: FailureResponses(logger: logger))
    HealthRoutes(incidents: incidents).add(to: router)
    IntakeRoutes(incidents: incidents, logger: logger).add(to: router)
    CallbackRoutes(incidents: incidents, logger: logger).add(to: router)
    return router
  }
}
