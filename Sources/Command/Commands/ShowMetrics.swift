import API
import ArgumentParser
import Tocsin

struct ShowMetrics: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "metrics",
    abstract: "Count incidents and how long they took.",
    discussion: """
      Example:
        tocsin metrics --package DATABASE --start-date 2026-11-01 --end-date 2026-11-30
      """)

  @Option(parsing: .unconditional, help: "Only this package's.") var package: String?
  @Option(help: "First day of creation, UTC, as YYYY-MM-DD.") var startDate: String?
  @Option(help: "Last day of creation, UTC, included.") var endDate: String?
  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    let metrics = try await desk.metrics(package: package, startDate: startDate, endDate: endDate)
    try output.show(metrics, id: String(metrics.totalIncidents), metrics.card)
  }
}
