import Hummingbird

extension Request {
  /// Where programs go, browsers or not: the first part of the path.
  private static let placesOfPrograms: Set = ["api", "in", "metrics", "healthz", "readyz", "assets", "openapi.json"]

  /// Whether somebody looks at this address in a browser, so that a page is the answer even when there is nothing.
  var wantsPage: Bool {
    guard !isChange, headers[.accept]?.lowercased().contains("text/html") == true else { return false }
    let first = uri.path.split(separator: "/").first.map(String.init) ?? ""
    return !Self.placesOfPrograms.contains(first)
  }
}
