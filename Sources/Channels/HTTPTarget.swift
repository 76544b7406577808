import Foundation

/// The URLs that messages may be posted to.
enum HTTPTarget {
  /// Says why `text` is no such URL, or nil.
  static func fault(_ text: String) -> String? {
    guard text.utf8.count <= 2048 else { return "is longer than 2048 characters" }
    // URLComponents would quietly percent-encode what must not be there at all.
    guard text.utf8.allSatisfy({ (33...126).contains($0) }), let parts = URLComponents(string: text),
      let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme),
      let host = parts.host, !host.isEmpty
    else { return "must be a URL such as https://example.com/hook, without spaces or letters outside ASCII" }
    guard parts.user == nil, parts.password == nil else { return "must not hold a user name or password" }
    if let port = parts.port, !(1...65535).contains(port) { return "has a port that does not exist" }
    return nil
  }

  /// The host of a URL, for people: path and query may hold a secret.
  static func host(_ url: String) -> String { URLComponents(string: url)?.host ?? "the receiver" }

  /// Scheme, host and port of a URL (RFC 6454), or nil when it has none.
  static func origin(_ url: String) -> String? {
    guard let parts = URLComponents(string: url), let scheme = parts.scheme, let host = parts.host else { return nil }
    return "\(scheme)://\(host)\(parts.port.map { ":\($0)" } ?? "")"
  }
}
