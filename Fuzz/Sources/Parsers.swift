import Foundation
import Storage
import Tocsin

/// Takes any bytes; what it makes of them is checked, then dropped.
typealias Parser = @Sendable (Data) throws -> Void

/// Every reader of what strangers send, by the name that `bin/fuzz` takes.
enum Parsers {
  static let all: [String: Parser] = [
    "json": json,
    "alertmanager": { try check(Alertmanager.alerts(in: $0)) },
    "alertmanager-api": { try check(AlertmanagerAPI.delivery(in: $0, now: now).alerts) },
    "silence": { _ = try PostedSilence($0) },
    "grafana": { try check(Grafana.alerts(in: $0)) },
    "pagerduty": pagerDuty,
    "opsgenie": opsgenie,
    "cloudevents": cloudEvents,
    "plain-json": { try check(PlainJSON.alerts(in: $0, now: now)) },
    "mapping": mapping,
    "matcher": matcher,
  ]

  private static let now = Date(timeIntervalSince1970: 1_795_300_000)

  /// What a row takes; an alert that a parser lets through must fit.
  private static func check(_ alerts: [ReceivedAlert]) {
    for alert in alerts {
      precondition(!alert.title.isEmpty && alert.title.unicodeScalars.count <= 255, "title")
      precondition(alert.package.unicodeScalars.count <= 100, "package")
      precondition(alert.dedupKey.unicodeScalars.count <= 255 && alert.groupKey.unicodeScalars.count <= 255, "key")
      let texts = [alert.title, alert.package, alert.dedupKey, alert.groupKey, alert.description ?? ""]
      precondition(texts.allSatisfy { !$0.utf8.contains(0) }, "a NUL")
    }
  }

  /// What is written must be read as the same value.
  private static func json(_ input: Data) throws {
    let value = try JSON.parse(input)
    let again = try JSON.parse(Data(JSON.write(value).utf8))
    precondition(again == value, "written otherwise than read")
  }

  private static func pagerDuty(_ input: Data) throws {
    _ = PagerDutyEvents.routingKey(in: input)
    if case .state(let alert) = try PagerDutyEvents.event(in: input, newKey: { "key" }).signal { check([alert]) }
  }

  /// The first byte chooses what is asked for.
  private static func opsgenie(_ input: Data) throws {
    guard let first = input.first else { return }
    let body = Data(input.dropFirst())
    let verbs = Opsgenie.Verb.allCases
    let choice = Int(first) % (2 * verbs.count)
    if verbs.indices.contains(choice) {
      _ = try Opsgenie.actions(verbs[choice], on: .dedupKey("alias"), in: body)
      return
    }
    let signals = try Opsgenie.creation(in: body, newAlias: { "alias" }).signals
    for case .state(let alert) in signals { check([alert]) }
  }

  /// The first byte chooses the mode. In binary mode, lines up to an empty one are headers.
  private static func cloudEvents(_ input: Data) throws {
    guard let first = input.first else { return }
    let rest = Data(input.dropFirst())
    switch first % 3 {
    case 0: try check(CloudEvents.alerts(structured: rest, now: now))
    case 1: try check(CloudEvents.alerts(batch: rest, now: now))
    default:
      let end = rest.firstRange(of: Data("\n\n".utf8)) ?? rest.endIndex..<rest.endIndex
      let lines = String(decoding: rest[..<end.lowerBound], as: UTF8.self).split(separator: "\n")
      let pairs = lines.map { $0.split(separator: ":", maxSplits: 1).map(String.init) }.filter { $0.count == 2 }
      let headers = Dictionary(pairs.map { ($0[0].lowercased(), $0[1]) }, uniquingKeysWith: { $1 })
      let body = Data(rest[end.upperBound...])
      try check(CloudEvents.alerts(binary: body, headers: headers, type: headers["content-type"], now: now))
    }
  }

  private static func mapping(_ input: Data) throws {
    try check(monitor.alerts(in: input, name: "monitor", now: now))
  }

  private static let monitor: JSONMapping = {
    func place(_ text: String) -> JSONMapping.Place { .pointer(pointer(text)) }
    func pointer(_ text: String) -> JSONPointer {
      do { return try JSONPointer(text) } catch { fatalError("\(error)") }
    }
    var mapping = JSONMapping()
    mapping.items = pointer("/list")
    mapping.fields = [
      .title: [place("/monitor/name"), place("/0")], .dedupKey: [place("/id"), .constant("id")],
      .severity: [place("/level")], .status: [place("/state")], .time: [place("/time")], .url: [place("/url")],
      .description: [place("/text")],
    ]
    mapping.labelObject = pointer("/tags")
    mapping.labels = ["host": [place("/hosts/0")]]
    mapping.resolvedWhen = ["up"]
    return mapping
  }()

  /// Matchers up to the first newline; what follows is a value to match.
  private static func matcher(_ input: Data) throws {
    let text = String(decoding: input, as: UTF8.self)
    let parts = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    for matcher in try LabelMatcher.list(parts[0]) {
      _ = matcher.matches([matcher.name: parts.count > 1 ? parts[1] : ""])
      let again = try LabelMatcher(matcher.description)
      precondition(again == matcher, "written otherwise than read")
    }
  }
}
