import Foundation
import Hummingbird
import Logging
import TestSupport
import Testing
import Tocsin

@testable import API
@testable import Server

// On SQLite only: this is about HTTP, which no engine decides.
@Suite struct OpenAPITests {
  @Test func `Every route for programs is in the document, and every address of the document is a route`() async throws
  {
    try await TestDatabase.sqlite.run { bench in
      let document = try await bench.send(.get, "/openapi.json")
      #expect(document.status == 200 && document.json["openapi"] == "3.1.0")
      guard case .object(let paths) = document.json["paths"] else {
        Issue.record("there are no paths")
        return
      }
      let documented = paths.flatMap { path, methods -> [String] in
        guard case .object(let methods) = methods else { return [] }
        return methods.keys.map { "\($0.uppercased()) \(path)" }
      }
      let table = Routes.table(bench.incidents, Routes.Surroundings())
      let declared = table.endpoints.map { "\($0.route.method.rawValue) \($0.route.path)" }
      #expect(Set(documented) == Set(declared) && documented.count == declared.count)
      // Other methods of these addresses are routes as well, which answer 405; pages for browsers are not of the API.
      let routed = table.router.routes.map { "\($0.path)".replacing(/\$\{?(\w+)\}?/) { "{\($0.1)}" } }
      #expect(Set(paths.keys) == Set(routed).subtracting(table.pages.map(\.path)))
    }
  }

  @Test func `Names of endpoints are unique, and every reference leads somewhere`() async throws {
    try await TestDatabase.sqlite.run { bench in
      let text = try await bench.send(.get, "/openapi.json").text
      let endpoints = Routes.table(bench.incidents, Routes.Surroundings()).endpoints
      #expect(Set(endpoints.map(\.name)).count == endpoints.count)
      let records = endpoints.flatMap(\.records)
      for (name, schemas) in Dictionary(grouping: records, by: \.key) {
        #expect(Set(schemas.map(\.value)).count == 1, "two records are called \(name)")
      }
      let document = try JSON.value(Data(text.utf8))
      for match in text.matches(of: /"\$ref":"#\/components\/(\w+)\/(\w+)"/) {
        #expect(document["components"][String(match.1)][String(match.2)] != .null, "\(match.2)")
      }
    }
  }

  @Test func `The page for people tells of every route, and loads nothing from elsewhere`() async throws {
    try await TestDatabase.sqlite.run { bench in
      let page = try await bench.send(.get, "/docs")
      #expect(page.headers[.contentType] == "text/html; charset=utf-8")
      for endpoint in Routes.table(bench.incidents, Routes.Surroundings()).endpoints {
        #expect(page.text.contains("id=\"\(endpoint.name)\""), "\(endpoint.name)")
      }
      #expect(!page.text.contains("<script") && !page.text.contains("src=") && !page.text.contains("http://"))
    }
  }
}
