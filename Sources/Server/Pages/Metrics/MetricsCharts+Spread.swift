import Foundation
import Pages
import Tocsin

extension MetricsCharts {
  /// How durations spread: in steps that grow, with median, p75 and p90.
  func spread(_ id: String, _ durations: Durations) -> MetricsChart {
    let (histogram, bounds) = (DurationHistogram(durations), DurationHistogram.bounds)
    let parts = [
      ChartColumns.Part(texts("metrics_ended_\(id)"), style: "ended"),
      ChartColumns.Part(texts("metrics_at_least"), style: "open"),
    ]
    let steps = (0...bounds.count).map(stepName)
    let columns = steps.indices.map { step in
      let (ended, open) = (histogram.ended[step], histogram.open[step])
      let words = "\(steps[step]): \(ended)" + (open > 0 ? ", " + texts.count("metrics_open_of_step", open) : "")
      return ChartColumns.Column(words, [ended, open])
    }
    let labels = bounds.enumerated().map { index, bound in
      ChartColumns.Label(Double(index + 1), Duration.words(Int(bound)), isMinor: index % 2 == 1)
    }
    let title = texts("metrics_time_to_\(id)")
    let summary = summary(durations)
    let chart = ChartColumns(parts, columns, labels: labels, marks: marks(durations))
    return MetricsChart(
      id: id, title: title, definition: texts("metrics_time_to_\(id)_definition"), summary: summary,
      picture: chart.drawn(id: id, title: title, summary: summary), legend: chart.legend,
      header: [texts("metrics_duration"), texts("metrics_ended_\(id)"), texts("metrics_at_least")],
      rows: steps.indices.map { [steps[$0], String(histogram.ended[$0]), String(histogram.open[$0])] })
  }

  private func marks(_ durations: Durations) -> [ChartColumns.Mark] {
    guard let known = durations.percentiles else { return [] }
    let all = [(texts("metrics_median"), known.p50), ("p75", known.p75), ("p90", known.p90)]
    return all.map { ChartColumns.Mark(DurationHistogram.place(of: $1), "\($0) \(Stamp.span($1))") }
  }

  private func summary(_ durations: Durations) -> String {
    let (n, open) = (durations.ended.count, durations.open.count)
    var sentences: [String] = []
    if let known = durations.percentiles {
      sentences.append(
        texts(
          "metrics_percentiles",
          [
            "n": String(n), "p50": Stamp.span(known.p50), "p75": Stamp.span(known.p75), "p90": Stamp.span(known.p90),
            "max": Stamp.span(durations.ended.max() ?? 0),
          ]))
    } else {
      sentences.append(
        texts("metrics_too_few", ["n": String(n), "needed": String(Durations.fewestForPercentiles)]))
    }
    if open > 0 {
      sentences.append(
        texts.count("metrics_still_open", open, ["longest": Stamp.span(durations.open.max() ?? 0)]))
    }
    return sentences.joined(separator: " ")
  }

  private func stepName(_ step: Int) -> String {
    let bounds = DurationHistogram.bounds.map { words(Int($0)) }
    if step == 0 { return texts("metrics_step_first", ["to": bounds[0]]) }
    if step == bounds.count { return texts("metrics_step_last", ["from": bounds[step - 1]]) }
    return texts("metrics_step", ["from": bounds[step - 1], "to": bounds[step]])
  }

  /// `5 min`, as times are written elsewhere on the pages.
  private func words(_ seconds: Int) -> String {
    let short = Duration.words(seconds)
    return short.dropLast() + (short.hasSuffix("m") ? " min" : " " + short.suffix(1))
  }
}
