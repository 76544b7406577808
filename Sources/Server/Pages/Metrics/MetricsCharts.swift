import Foundation
import Pages
import Tocsin

/// The charts of some incidents.
struct MetricsCharts {
  /// Packages with a bar of their own.
  private static let mostPackages = 12

  let figures: IncidentFigures
  let texts: Texts

  init(_ figures: IncidentFigures, _ texts: Texts) { (self.figures, self.texts) = (figures, texts) }

  var all: [MetricsChart] {
    [
      days, spread("acknowledge", figures.toAcknowledge), spread("resolve", figures.toResolve), severities, statuses,
      packages,
    ]
  }

  private var days: MetricsChart {
    let bins = DayBins(figures.days)
    let severities = Severity.allCases
    // The gravest at the bottom, where columns can be compared.
    let parts = severities.map { ChartColumns.Part($0.rawValue, style: $0.rawValue) }
    let columns = bins.bins.map { bin in
      let parts = severities.compactMap { severity in bin.counts[severity].map { "\(severity.rawValue) \($0)" } }
      let words = "\(bin.name): \(bin.total)" + (parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))")
      return ChartColumns.Column(words, severities.map { bin.counts[$0] ?? 0 })
    }
    let chart = ChartColumns(parts, columns, labels: bins.labels)
    let busiest = bins.bins.max { $0.total < $1.total }
    let title = texts("metrics_per_\(bins.unit.rawValue)")
    let summary = texts(
      "metrics_days_summary",
      [
        "n": String(figures.total), "from": figures.days.first?.day ?? "–", "to": figures.days.last?.day ?? "–",
        "most": String(busiest?.total ?? 0), "when": busiest?.name ?? "–",
      ])
    return MetricsChart(
      id: "days", title: title, definition: texts("metrics_days_definition_\(bins.unit.rawValue)"), summary: summary,
      picture: chart.drawn(id: "days", title: title, summary: summary), legend: chart.legend,
      header: [texts("metrics_\(bins.unit.rawValue)")] + severities.map(\.rawValue) + [texts("metrics_sum")],
      rows: bins.bins.map { bin in [bin.name] + severities.map { String(bin.counts[$0] ?? 0) } + [String(bin.total)] })
  }

  private var severities: MetricsChart {
    bars("severity", Severity.allCases.map { ($0.rawValue, figures.bySeverity[$0] ?? 0, $0.rawValue) })
  }

  private var statuses: MetricsChart {
    bars("status", Status.allCases.map { ($0.rawValue, figures.byStatus[$0] ?? 0, "any") })
  }

  private var packages: MetricsChart {
    let sorted = figures.byPackage.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let rest = sorted.dropFirst(Self.mostPackages)
    var rows = sorted.prefix(Self.mostPackages).map { ($0.key, $0.value, "any") }
    if !rest.isEmpty {
      rows.append((texts.count("metrics_other_packages", rest.count), rest.reduce(0) { $0 + $1.value }, "rest"))
    }
    return bars("package", rows)
  }

  private func bars(_ id: String, _ rows: [(name: String, count: Int, style: String)]) -> MetricsChart {
    let title = texts("metrics_by_\(id)")
    let words = rows.map { share($0.count) }
    let summary = zip(rows, words).map { "\($0.name): \($1)" }.joined(separator: "; ")
    let bars = zip(rows, words).map { ChartBars.Bar($0.name, $0.count, words: $1, style: $0.style) }
    return MetricsChart(
      id: id, title: title, definition: texts("metrics_by_\(id)_definition"),
      picture: ChartBars(bars).drawn(id: id, title: title, summary: summary),
      header: [texts("metrics_\(id)"), texts("metrics_sum")], rows: rows.map { [$0.name, String($0.count)] })
  }

  private func share(_ count: Int) -> String {
    guard figures.total > 0 else { return "0" }
    return "\(count) · \(Int((100 * Double(count) / Double(figures.total)).rounded())) %"
  }
}
