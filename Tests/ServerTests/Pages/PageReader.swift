import Foundation
import Hummingbird
import TestSupport
import Testing

@testable import Server
@testable import Tocsin

/// Somebody who is signed in at a browser.
struct PageReader {
  let bench: TestBench
  private var browser: Browser
  private let csrf: String

  init(_ bench: TestBench, _ name: String = "ada", _ role: Role = .responder) async throws {
    self.bench = bench
    try await bench.user(name, role)
    var browser = Browser()
    csrf = try await bench.signIn(name, &browser)
    self.browser = browser
  }

  func get(_ path: String) async throws -> TestBench.HTTPAnswer {
    var browser = browser
    return try await bench.send(.get, path, by: &browser)
  }

  func post(_ path: String, _ fields: [(String, String)] = []) async throws -> TestBench.HTTPAnswer {
    var browser = browser
    return try await bench.post(path, fields + [("csrf_token", csrf)], by: &browser)
  }
}

extension TestBench.HTTPAnswer {
  /// Where it sends the browser on to, without what is said there.
  var next: String? { headers[.location].map { String($0.prefix { $0 != "?" }) } }

  /// Whether nothing in the page runs, and no element is there that a text has brought.
  func holdsNothingForeign() -> Bool {
    let scripts = text.matches(of: /<script/).count
    return scripts == 1 && !text.contains("<img") && !text.contains("<b>") && !text.contains("<svg/onload")
      && !text.contains("href=\"javascript:")
  }
}

extension ReceivedAlert {
  static func plain(
    _ key: String, _ status: AlertStatus = .firing, _ severity: Severity = .high, title: String? = nil,
    labels: [String: String] = [:], url: String? = nil
  ) -> ReceivedAlert {
    ReceivedAlert(
      source: "alertmanager", dedupKey: key, status: status, severity: severity, package: "DATABASE",
      title: title ?? "Alert \(key)", description: "What \(key) means", labels: labels, groupKey: key, url: url,
      startsAt: nil, endsAt: nil)
  }
}

extension TestBench {
  /// Takes an alert in, and returns its guid.
  func alert(_ alert: ReceivedAlert) async throws -> String {
    try #require(try await incidents.receive([alert]).alertGuids.first)
  }
}
