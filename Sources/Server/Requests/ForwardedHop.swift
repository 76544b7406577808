import HTTPTypes

/// What one proxy says about whoever sent it the request.
struct ForwardedHop: Equatable {
  /// Nil for what is no address, such as `unknown` and `_hidden`.
  var address: IPAddress?
  /// `http` or `https`.
  var proto: String?
  var host: String?

  /// No chain of proxies is longer.
  private static let longest = 32

  /// Of `X-Forwarded-For`; protocol and host belong to the last.
  static func plain(_ headers: HTTPFields) -> [ForwardedHop] {
    var hops = list(headers, .forwardedFor).map { ForwardedHop(address: IPAddress(forwarded: $0)) }
    let (proto, host) = (list(headers, .forwardedProto).last, list(headers, .forwardedHost).last)
    if hops.isEmpty, proto != nil || host != nil { hops = [ForwardedHop()] }
    guard !hops.isEmpty else { return [] }
    hops[hops.count - 1].proto = proto.flatMap(known)
    hops[hops.count - 1].host = host.flatMap(plausible)
    return hops
  }

  /// Of `Forwarded` (RFC 7239).
  static func standard(_ headers: HTTPFields) -> [ForwardedHop] {
    list(headers, .forwarded).map { element in
      var hop = ForwardedHop()
      for pair in element.split(separator: ";") {
        let parts = pair.split(separator: "=", maxSplits: 1).map { trimmed($0) }
        guard parts.count == 2 else { continue }
        let value =
          parts[1].hasPrefix("\"") && parts[1].hasSuffix("\"") ? String(parts[1].dropFirst().dropLast()) : parts[1]
        switch parts[0].lowercased() {
        case "for": hop.address = IPAddress(forwarded: value)
        case "proto": hop.proto = known(value)
        case "host": hop.host = plausible(value)
        default: break
        }
      }
      return hop
    }
  }

  /// Whether any proxy says that it has passed the request on.
  static func isForwarded(_ headers: HTTPFields) -> Bool {
    headers.contains { $0.name == .forwarded || $0.name.canonicalName.hasPrefix("x-forwarded-") }
  }

  private static func list(_ headers: HTTPFields, _ name: HTTPField.Name) -> [String] {
    (headers[name] ?? "").split(separator: ",").suffix(longest).map { trimmed($0) }.filter { !$0.isEmpty }
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }

  private static func known(_ proto: String) -> String? {
    ["http", "https"].first { $0 == proto.lowercased() }
  }

  private static func plausible(_ host: String) -> String? {
    host.wholeMatch(of: /[A-Za-z0-9.:_\-\[\]]{1,255}/).map { String($0.0) }
  }
}

extension HTTPField.Name {
  // Constants of valid letters.
  fileprivate static let forwarded = HTTPField.Name("Forwarded")!
  fileprivate static let forwardedFor = HTTPField.Name("X-Forwarded-For")!
  fileprivate static let forwardedProto = HTTPField.Name("X-Forwarded-Proto")!
  fileprivate static let forwardedHost = HTTPField.Name("X-Forwarded-Host")!
}
