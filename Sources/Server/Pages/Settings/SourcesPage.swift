import API
import Foundation
import Hummingbird
import Pages
import Tocsin

/// How monitoring systems are connected: snippets, a token for them, and what a sample of theirs would do.
struct SourcesPage: PageGroup {
  let incidents: Incidents

  /// What came of a form of this page.
  private struct Shown {
    var token: NewToken?
    var key: String?
    var body: String?
    var forecasts: [AlertForecast]?
    var problem: Failure?
  }

  func add(to table: inout RouteTable) {
    table.add(visit: Route(.get, "/sources", .readers, "How alerts come in."), incidents) { visit in
      try await page(visit, Shown(key: visit.asked("source")))
    }
    let token = Route(.post, "/sources/token", .admins, "Makes a token for whoever sends alerts.")
    table.add(visit: token, incidents) { visit in
      do {
        let new = try await visit.desk.createToken(name: visit.typed("name") ?? "", role: .ingest)
        return try await page(visit, Shown(token: new))
      } catch let failure as Failure where failure.isAboutTheForm {
        return try await page(visit, Shown(problem: failure))
      }
    }
    // Nothing is stored and nobody is told.
    let sample = Route(.post, "/sources/sample", .readers, "Shows what alerts would do.")
    table.add(visit: sample, incidents) { visit in
      var shown = Shown(key: visit.typed("source"), body: visit.text("body") ?? "")
      do {
        shown.forecasts = try forecast(visit)
      } catch let failure as Failure where failure.isAboutTheForm {
        shown.problem = failure
      }
      return try await page(visit, shown)
    }
  }

  private func sources(_ visit: Visit, token: String) -> [AlertSource] {
    let secure = visit.context.isSecure ? "https" : "http"
    let host = visit.context.client.host ?? visit.request.head.authority ?? "localhost"
    let base = incidents.settings.publicURL ?? "\(secure)://\(host)"
    return AlertSource.all(
      SenderAddress(base: base, token: token), now: visit.now, mappings: Array(incidents.settings.jsonMappings.keys))
  }

  private func forecast(_ visit: Visit) throws -> [AlertForecast] {
    let known = sources(visit, token: "")
    guard let source = known.first(where: { $0.key == visit.typed("source") }),
      let dialect = AlertSources.dialects(incidents.settings.jsonMappings).first(where: { $0.name == source.dialect })
    else { throw Failure(.invalid, "there is no such source", field: "source", allowed: known.map(\.key)) }
    let signals = try dialect.read(Data((visit.form["body"] ?? "").utf8), visit.now)
    let alerts = signals.compactMap { if case .state(let alert) = $0 { alert } else { nil } }
    return incidents.settings.forecast(alerts, now: visit.now)
  }

  private func page(_ visit: Visit, _ shown: Shown) async throws -> Response {
    let rules = Dictionary(try await incidents.notifyRules().map { ($0.notifyCode, $0) }, uniquingKeysWith: { $1 })
    let token = shown.token?.secret ?? "tocsin_…"
    var values: Template.Values = [
      "mayAdminister": visit.mayAdminister,
      "name": visit.typed("name") ?? "",
      "sources": sources(visit, token: token).map { source in
        var row: Template.Values = [
          "key": source.key, "sourceName": source.name, "address": source.path, "snippet": source.snippet,
          "isChosen": source.key == shown.key,
          "sample": source.key == shown.key ? shown.body ?? source.sample : source.sample,
          "isSampled": false,
        ]
        if source.key == shown.key, let forecasts = shown.forecasts {
          row["isSampled"] = true
          row["isNothing"] = forecasts.isEmpty
          row["forecasts"] = forecasts.map { Self.row($0, rules, visit.texts) }
        }
        return row
      },
      "isGrafanaSigned": incidents.settings.grafanaSignature != nil,
    ]
    if let made = shown.token {
      values["secret"] = made.secret
      values["secretOf"] = visit.texts("tokens_secret_of", ["name": made.name])
    }
    if let last = try await incidents.lastAlert() {
      values["lastSource"] = last.source
      values["lastAlert"] = Stamp.age(last.seenAt, now: visit.now)
    }
    return try visit.page("sources", values, problem: shown.problem)
  }

  private static func row(
    _ forecast: AlertForecast, _ rules: [String: NotifyRule], _ texts: Texts
  ) -> Template.Values {
    var row: Template.Values = [
      "title": forecast.title, "severity": forecast.severity.rawValue, "package": forecast.package,
      "group": forecast.groupKey, "outcome": texts("forecast_\(forecast.outcome.rawValue)"),
      "opens": forecast.outcome == .opens, "reason": forecast.reason, "dedupKey": forecast.dedupKey,
      "ruleName": forecast.rule ?? texts("sources_no_rule"), "isTold": forecast.notifyCode != nil,
    ]
    if let code = forecast.notifyCode {
      row["notifyCode"] = code
      row["told"] =
        rules[code].map { rule in (try? rule.items.map(\.channel).joined(separator: ", ")) ?? "" }
        ?? texts("sources_nobody")
    }
    return row
  }
}
