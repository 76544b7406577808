import API
import Foundation
import HTTPTypes
import Hummingbird
import Pages
import Storage
import Tocsin

/// How many incidents there were, and how long they took.
struct MetricsPage: PageGroup {
  let incidents: Incidents

  func add(to table: inout RouteTable) {
    table.add(visit: Route(.get, "/incident-metrics", .readers, "Counts and durations of incidents, drawn."), incidents)
    {
      visit in
      let range = MetricsRange(visit)
      var values = range.values(visit.texts)
      do {
        let figures = try await incidents.figures(range)
        values.merge(FigureCards(figures, visit).values) { $1 }
        values["charts"] = MetricsCharts(figures, visit.texts).all.map { $0.values(csv: range.csv($0.id)) }
        return try visit.page("metrics", values)
      } catch let failure as Failure where failure.isAboutTheForm {
        return try visit.page("metrics", values, problem: failure)
      }
    }
    table.add(visit: Route(.get, "/incident-metrics.csv", .readers, "The numbers of a chart, as CSV."), incidents) {
      visit in
      let charts = MetricsCharts(try await incidents.figures(MetricsRange(visit)), visit.texts).all
      let name = visit.asked("chart") ?? ""
      guard let chart = charts.first(where: { $0.id == name }) else {
        let allowed = charts.map(\.id)
        throw Failure(
          .invalid,
          "chart \"\(printable(name))\" is not known\(hint(name, allowed)). "
            + "Allowed: \(allowed.joined(separator: ", "))", field: "chart", allowed: allowed)
      }
      return Response(
        status: .ok,
        headers: [
          .contentType: "text/csv; charset=utf-8; header=present", .cacheControl: "no-store",
          .xContentTypeOptions: "nosniff", .contentDisposition: "attachment; filename=\"incidents-\(chart.id).csv\"",
        ], body: ResponseBody(byteBuffer: ByteBuffer(string: CSV.text([chart.header] + chart.rows))))
    }
  }
}

extension Incidents {
  fileprivate func figures(_ range: MetricsRange) async throws -> IncidentFigures {
    try await figures(package: range.package.typedText, startDate: range.start.typedText, endDate: range.end.typedText)
  }
}

/// What stands above the charts.
private struct FigureCards {
  let values: Template.Values

  init(_ figures: IncidentFigures, _ visit: Visit) {
    let texts = visit.texts
    let open = figures.byStatus.reduce(0) { $1.key == .closed ? $0 : $0 + $1.value }
    func median(_ durations: Durations) -> String {
      durations.percentiles.map { Stamp.span($0.p50) }
        ?? texts("metrics_too_few_short", ["n": String(durations.ended.count)])
    }
    let cards: [(String, String)] = [
      ("metrics_total", String(figures.total)), ("metrics_open", String(open)),
      ("metrics_merged", String(figures.merged)),
      ("metrics_median_acknowledge", median(figures.toAcknowledge)),
      ("metrics_median_resolve", median(figures.toResolve)),
    ]
    values = [
      "cards": cards.map { ["cardName": texts($0.0), "cardValue": $0.1] }, "isEmpty": figures.total == 0,
      "from": figures.days.first?.day ?? "", "to": figures.days.last?.day ?? "",
    ]
  }
}
