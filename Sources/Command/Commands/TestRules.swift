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

  private static let names = AlertSources.dialects([:]).map(\.name)

  @Argument(help: "The body as the monitoring system sends it; - reads it from standard input.", completion: .file())
  var file: String

  @Option(
    help: ArgumentHelp(
      "The dialect: \(Self.names.joined(separator: ", ")), or json/NAME for a mapping. [default: the first that can read it]",
      valueName: "name"),
    completion: .list(Self.names))
  var source: String?

  @OptionGroup var common: LocalOptions

  func run() async throws {
    let configuration = try common.configuration()
    let signals = try signals(in: try body(), AlertSources.dialects(configuration.settings.jsonMappings))
    let alerts = signals.compactMap { if case .state(let alert) = $0 { alert } else { nil } }
    let forecasts = configuration.settings.forecast(alerts, now: Date())
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
        whenEmpty: signals.isEmpty
          ? "The delivery has no alerts."
          : "The delivery only does something about an alert that is known; no rule looks at it."))
  }

  private func body() throws -> Data {
    if file == "-" { return FileHandle.standardInput.readDataToEndOfFile() }
    guard let data = FileManager.default.contents(atPath: file) else {
      throw Failure(.invalid, "the file \(printable(file)) cannot be read", field: "file")
    }
    return data
  }

  /// What the chosen dialect reads, else the first that can. When none can, each says why.
  private func signals(in body: Data, _ dialects: [AlertDialect]) throws -> [AlertSignal] {
    if let source { return try dialect(source, dialects).read(body, Date()) }
    var reasons: [String] = []
    for dialect in dialects {
      do {
        return try dialect.read(body, Date())
      } catch {
        let failure = Failure(error)
        // What is no JSON is none for all.
        if failure.code == .malformed { throw failure }
        reasons.append("\(dialect.name): \(failure.message)")
      }
    }
    throw Failure(.invalid, "no dialect can read it. As \(reasons.joined(separator: "; as "))", field: "file")
  }

  private func dialect(_ name: String, _ dialects: [AlertDialect]) throws -> AlertDialect {
    if let dialect = dialects.first(where: { $0.name.lowercased() == name.lowercased() }) { return dialect }
    let known = dialects.map(\.name)
    throw Failure(
      .invalid,
      "source \"\(printable(name))\" is not known\(hint(name.lowercased(), known)). "
        + "Allowed: \(known.joined(separator: ", "))",
      field: "source", allowed: known)
  }
}
