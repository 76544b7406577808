import API
import Foundation
import Hummingbird
import Tocsin

/// The API's own description: for programs, and as a page for people.
struct DocumentRoutes {
  /// Adds both; they tell of every route in `table`, themselves included, so they come last.
  func add(to table: inout RouteTable) {
    let document = Endpoint(
      Route(.get, "/openapi.json", .anyone, "The OpenAPI 3.1 document of this server."), "get_openapi",
      answers: [.init("application/json", .anything)])
    let page = Endpoint(
      Route(.get, "/docs", .anyone, "The same, as a page for people."), "get_docs", answers: [.init("text/html", .text)]
    )
    let endpoints = table.endpoints + [document, page]
    // Written once; every value of it can be encoded.
    let text = (try? JSON.encode(OpenAPI.document(endpoints, version: Product.version))) ?? "{}"
    let html = DocumentPage.write(endpoints)
    table.add(document) { _, _ in .text(text + "\n", type: "application/json") }
    table.add(page) { _, _ in .html(html) }
  }
}
