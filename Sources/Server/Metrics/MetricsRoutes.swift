import API
import Hummingbird
import NIOCore
import Tocsin

/// `/metrics`, for Prometheus.
struct MetricsRoutes {
  let standing: StandingGauges
  /// Nil where the process sends its metrics elsewhere: then only what the database and the kernel know is told.
  let metrics: PrometheusMetrics?

  func add(to table: inout RouteTable) {
    table.add(
      Endpoint(Route(.get, "/metrics", .local, "What Prometheus collects."), "get_metrics_page", answers: [.text]),
      scrape)
  }

  @Sendable private func scrape(_ request: Request, _ context: Context) async throws -> Response {
    let standing = await standing.standing()
    var page = Exposition()
    page.family("tocsin_build_info", "gauge", "Which Tocsin this is.")
    page.sample("tocsin_build_info", Exposition.labels([("version", Product.version)]), 1)
    Standing.write(standing, to: &page)
    metrics?.write(to: &page)
    ProcessFigures().write(to: &page)
    return Response(
      status: .ok, headers: [.contentType: Exposition.contentType, .cacheControl: "no-store"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: page.text)))
  }
}
