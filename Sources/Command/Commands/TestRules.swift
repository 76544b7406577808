import ArgumentParser
import Foundation
import Tocsin

struct TestRules: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test-rules",
    abstract: "Show what the configuration's rules would make of a delivery of alerts.",
    discussion: """
      Nothing is written, opened or contacted. The group's incident is taken to be closed, and nothing to have fired before.

      Example:
        tocsin test-rules alerts.json --config tocsin.yaml
      """)

  @Argument(help: "The body as the monitoring system sends it; - reads it from standard input.", completion: .file())
  var file: String

  @Option(
    help: ArgumentHelp(
      "The dialect: \(AlertSources.plain.map { $0.name }.joined(separator: ", ")). [default: the first that can read it]",
      valueName: "name"),
    completion: .list(AlertSources.plain.map { $0.name }))
  var source: String?

  @OptionGroup var common: LocalOptions

  func run() async throws {
    let configuration = try common.configuration()
    let forecasts = configuration.settings.forecast(try alerts(in: try body()), now: Date())
    let rows = forecasts.map { forecast in
      [
        forecast.dedupKey, forecast.rule ?? "none", forecast.outcome.rawValue, forecast.severity.rawValue,
        forecast.package, forecast.groupKey, forecast.notifyCode ?? "none", forecast.reason, forecast.title,
      ]
    }
    try common.output.show(
      forecasts, ids: forecasts.map { $0.rule ?? "none" },
      Table(
        ["~alert", "~rule", "outcome", "severity", "~package", "~group", "~notify", "~why", "~title"], rows,
        whenEmpty: "The delivery has no alerts."))
  }

  private func body() throws -> Data {
    if file == "-" { return FileHandle.standardInput.readDataToEndOfFile() }
    guard let data = FileManager.default.contents(atPath: file) else {
      throw Failure(.invalid, "the file \(printable(file)) cannot be read", field: "file")
    }
    return data
  }

  /// Every dialect is tried; when none can read it, the first one says why.
  private func alerts(in body: Data) throws -> [ReceivedAlert] {
    var failure: Failure?
    for dialect in try dialects() {
      do {
        return try dialect.alerts(in: body)
      } catch {
        let problem = Failure(error)
        failure = failure ?? Failure(problem.code, "as \(dialect.name): \(problem.message)", field: problem.field)
      }
    }
    throw failure ?? Failure(.invalid, "there is no dialect to read it in", field: "source")
  }

  private func dialects() throws -> [any AlertSource.Type] {
    guard let source else { return AlertSources.plain }
    let known = AlertSources.plain.map { $0.name }
    guard let dialect = AlertSources.plain.first(where: { $0.name == source.lowercased() }) else {
      throw Failure(
        .invalid,
        "source \"\(printable(source))\" is not known\(hint(source.lowercased(), known)). "
          + "Allowed: \(known.joined(separator: ", "))",
        field: "source", allowed: known)
    }
    return [dialect]
  }
}
