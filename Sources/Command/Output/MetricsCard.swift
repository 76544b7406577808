import Foundation
import Tocsin

extension IncidentMetrics {
  /// The figures for a person. Days without an incident are left out; JSON has them all.
  var card: Card {
    Card(
      nil,
      [
        ("incidents", String(totalIncidents)), ("by severity", counts(bySeverity, Severity.allCases.map(\.rawValue))),
        ("by status", counts(byStatus, Status.allCases.map(\.rawValue))),
        ("by package", counts(byPackage, byPackage.keys.sorted())),
        ("time to resolve, h", resolutionTimeHours.line), ("time to acknowledge, min", acknowledgeTimeMinutes.line),
        ("by day", days),
      ])
  }

  private var days: String {
    incidentsByDay.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map { "\($0.key)  \($0.value)" }
      .joined(separator: "\n")
  }

  private func counts(_ counts: [String: Int], _ order: [String]) -> String {
    order.map { "\($0) \(counts[$0, default: 0])" }.joined(separator: ", ")
  }
}

extension Distribution {
  fileprivate var line: String {
    guard n > 0 else { return "none yet" }
    let figures = [("mean", mean), ("p50", p50), ("p75", p75), ("p90", p90), ("max", max)]
    return "n \(n), "
      + figures.map { "\($0.0) " + String(format: "%.2f", $0.1 ?? 0) }.joined(separator: ", ")
  }
}
