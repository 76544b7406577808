import TestSupport
import Testing

@testable import Server
@testable import Tocsin

/// Failure: a page of everything there is, which nobody can load at 3 a.m.
@Suite struct LongListTests {
  // On SQLite only: what a list holds is tested on both engines, and this is about its pages.

  @Test func `People, tokens and notify rules come fifty at a time, each once`() async throws {
    try await TestDatabase.sqlite.run { bench in
      let root = try await bench.person("root", .admin)
      for number in 0..<120 {
        let hundred = 100 + number
        try await bench.incidents.createUser(name: "user-\(hundred)", role: .viewer, password: nil)
        let token = try await bench.incidents.createToken(name: "token-\(hundred)", role: .viewer).token
        if number.isMultiple(of: 3) { try await bench.incidents.revokeToken(token.tokenGuid) }
        try await bench.incidents.setNotifyRule("CODE_\(hundred)", name: "N", channels: "EMAIL:a@example.com")
      }
      for (path, row) in [("/people", "user-"), ("/tokens", "token-"), ("/notify-rules", "CODE_")] {
        let (seen, sizes) = try await Self.rows(row, from: path, bench, root)
        #expect(seen.count == 120 && Set(seen).count == 120 && sizes.max() ?? 0 <= 50, "\(path): \(sizes)")
        #expect(sizes.count == 3, "\(path)")
      }
    }
  }

  /// What names begin with `row` on a page and those that it leads on to, and how many on each.
  private static func rows(
    _ row: String, from path: String, _ bench: TestBench, _ browser: Browser
  ) async throws -> (seen: [String], sizes: [Int]) {
    var (browser, next, seen, sizes): (Browser, String?, [String], [Int]) = (browser, path, [], [])
    while let address = next {
      let page = try await bench.send(.get, address, by: &browser)
      try #require(page.status == 200)
      let found = page.text.matches(of: /(?:user|token|CODE)[-_]\d{3}/).map { String($0.0) }
      let names = Set(found.filter { $0.hasPrefix(row) })
      (seen, sizes) = (seen + names, sizes + [names.count])
      next = page.text.firstMatch(of: /href="([^"]+\?cursor=[^"]+)"/).map { String($0.1) }
    }
    return (seen, sizes)
  }
}
