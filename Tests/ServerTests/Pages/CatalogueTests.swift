import API
import Foundation
import HTTPTypes
import Pages
import TestSupport
import Testing

@testable import Server
@testable import Tocsin

/// Every page with every text of the catalogue in brackets: what stands outside of them did not come from there.
@Suite struct CatalogueTests {
  /// Failure: a page that is half translated.
  @Test func `Every word that a page says comes from the catalogue`() async throws {
    let bracketed = Texts.english.mapping { "⟦\($0)⟧" }
    try await TestDatabase.sqlite.run { bench in
      try await bench.user("zzroot", .admin)
      try await bench.fillForPages()
      var browser = Browser()
      try await bench.signIn("zzroot", &browser)
      let paths = try await bench.pagePaths()
      #expect(paths.count > 20)
      for path in paths {
        let page = try await Texts.$current.withValue(bracketed) {
          try await bench.send(.get, path, nil, browser.headers + [.accept: "text/html"])
        }
        guard page.headers[.contentType]?.hasPrefix("text/html") == true else { continue }
        #expect(page.status == 200, "\(path)")
        let strange = page.text.wordsOutsideOfBrackets
        #expect(strange.isEmpty, "\(path): \(strange)")
      }
    }
  }
}

extension TestBench {
  /// Data whose every word begins with `zz`, so that it is known for data.
  func fillForPages() async throws {
    for number in 1...3 {
      let incident = try await incidents.create(
        title: "zztitle zz\(number)", severity: number == 1 ? .critical : .low, package: "ZZPACKAGE",
        description: "zztext",
        assignedTo: "zzroot", alertLinks: ["zzalert-\(number)"], by: "zzroot")
      let guid = incident.incidentGuid
      try await incidents.addNote(guid, type: .investigation, content: "zznote **zzbold**", by: "zzroot")
      if number > 1 { try await incidents.updateStatus(guid, to: .investigating, by: "zzroot") }
      if number > 2 {
        try await incidents.close(guid, resolutionSummary: "zzsummary", rootCause: "zzcause", by: "zzroot")
      }
    }
  }

  /// The addresses of all pages for people who are signed in, with what is there put into their braces.
  func pagePaths() async throws -> [String] {
    let guids = try await incidents.list().items.map(\.incidentGuid)
    let pages = Routes.table(incidents, Routes.Surroundings()).pages
    return pages.filter { $0.method == .get && $0.needsSomebody && !$0.path.hasSuffix(".csv") }.flatMap {
      route -> [String] in
      guard route.path.contains("{") else { return [route.path] }
      guard route.path.hasPrefix("/incidents/{"), route.parameters.count == 1 else { return [] }
      return guids.map { route.path.replacing(/\{\w+\}/, with: $0) }
    }
  }
}

extension String {
  /// Words of the page for people that stand outside of `⟦…⟧`, and are neither data, numbers, nor words of the API.
  fileprivate var wordsOutsideOfBrackets: [String] {
    // What is said in the language of the program, as a channel's own words are, says so.
    var text = replacing(/(?s)<(script|style|code|pre|kbd|option|bdi|time|svg|textarea)\b.*?<\/\1>/, with: " ")
      .replacing(/(?s)<(p|span|td|dd|li|div)\b[^>]*\slang="en"[^>]*>.*?<\/\1>/, with: " ")
    let attributes = text.matches(
      of: /\s(?:title|placeholder|aria-label|alt|data-key-help|data-one|data-other)="([^"]*)"/
    )
    .map { String($0.1) }
    text = text.replacing(/<title>[^<]*– Tocsin<\/title>/, with: " ")
    text = text.replacing(/<[^>]*>/, with: " ") + " " + attributes.joined(separator: " ")
    text = text.replacing(/&#?\w+;/, with: " ").withoutBrackets
    return text.matches(of: /[\p{L}][\p{L}\p{N}_'-]*/).map { String($0.0) }.filter { !$0.isKnown }
  }

  /// Without what stands in brackets, also in brackets in brackets.
  private var withoutBrackets: String {
    var depth = 0
    return String(
      filter { character in
        if character == "⟦" { depth += 1 }
        if character == "⟧" { depth -= 1 }
        return depth == 0 && character != "⟧"
      })
  }

  /// Data, words of the API (`CRITICAL`, `REF-…`, `admin`), units, and names.
  private var isKnown: Bool {
    let units: Set = [
      "s", "min", "h", "d", "UTC", "KB", "MB", "KiB", "MiB", "kB", "SQLite", "metrics", "docs", "T", "Z", "n", "p",
      "Tocsin",
    ]
    let isUpper = allSatisfy { !$0.isLowercase }
    let roles = Role.allCases.map(\.rawValue)
    let products: Set = [
      "Alertmanager", "alertmanager", "Prometheus", "vmalert", "Grafana", "PagerDuty", "Events", "v2", "Opsgenie",
      "Jira",
      "Service", "Management", "CloudEvents",
    ]
    return hasPrefix("zz") || products.contains(self) || units.contains(self) || isUpper || roles.contains(self)
      || wholeMatch(of: /[0-9a-f-]{4,36}/) != nil
  }
}
