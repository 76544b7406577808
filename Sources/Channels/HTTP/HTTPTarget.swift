import Foundation

/// A URL that messages may be posted to, taken apart by the only parser that looks at it: what was checked is what is
/// connected to. It is stricter than RFC 3986, because other programs read odd spellings in other ways.
struct HTTPTarget: Sendable, Equatable {
  enum Host: Sendable, Equatable {
    /// In lower case.
    case name(String)
    case address(IPAddress)
  }

  struct Fault: Error { let text: String }

  let isSecure: Bool
  let host: Host
  let port: Int
  /// From the first slash on, without a fragment.
  let path: String

  /// - Throws: ``Fault`` in words that follow a name: `has a port that does not exist`.
  init(_ text: String) throws(Fault) {
    guard text.utf8.count <= 2048 else { throw Fault(text: "is longer than 2048 characters") }
    let scheme = ["http://", "https://"].first { text.lowercased().hasPrefix($0) }
    // Some parsers take a backslash for a slash.
    guard let scheme, text.utf8.allSatisfy({ (33...126).contains($0) && $0 != UInt8(ascii: "\\") }) else {
      throw Fault(text: "must be a URL such as https://example.com/hook, without spaces or letters outside ASCII")
    }
    let rest = text.dropFirst(scheme.count)
    let authority = rest.prefix { !"/?#".contains($0) }
    guard !authority.contains("@") else { throw Fault(text: "must not hold a user name or password") }
    let end = authority.lastIndex(of: "]").map { authority.index(after: $0) }
    let hostEnd = end ?? authority.firstIndex(of: ":") ?? authority.endIndex
    isSecure = scheme == "https://"
    host = try Self.host(authority[..<hostEnd].lowercased())
    port = try Self.port(authority[hostEnd...]) ?? (isSecure ? 443 : 80)
    let path = rest.dropFirst(authority.count).prefix { $0 != "#" }
    self.path = path.hasPrefix("/") ? String(path) : "/\(path)"
    // The client reads it once more; it must see the same host.
    guard URLComponents(string: text) != nil, let read = URL(string: url), read.host == bareHost, read.port == port
    else {
      throw Fault(text: "must be a URL such as https://example.com/hook, without spaces or letters outside ASCII")
    }
  }

  /// Scheme, host and port (RFC 6454); the port always.
  var origin: String { "\(isSecure ? "https" : "http")://\(hostText):\(port)" }

  /// Written anew from its parts.
  var url: String { origin + path }

  private var hostText: String {
    switch host {
    case .name(let name): name
    case .address(let address): address.isV6 ? "[\(address.text)]" : address.text
    }
  }

  private var bareHost: String {
    switch host {
    case .name(let name): name
    case .address(let address): address.text
    }
  }

  private static func port(_ text: Substring) throws(Fault) -> Int? {
    guard !text.isEmpty else { return nil }
    let digits = text.utf8.dropFirst()
    guard text.hasPrefix(":"), (1...5).contains(digits.count), digits.allSatisfy(isDigit),
      let port = Int(text.dropFirst()), (1...65535).contains(port)
    else { throw Fault(text: "has a port that does not exist") }
    return port
  }

  private static func host(_ text: String) throws(Fault) -> Host {
    if text.hasPrefix("["), text.hasSuffix("]") {
      // A zone (`fe80::1%eth0`) is no part of an address.
      guard let address = IPAddress(String(text.dropFirst().dropLast())), address.isV6 else {
        throw Fault(text: "has no valid IPv6 address between its brackets")
      }
      return .address(address)
    }
    let labels = text.split(separator: ".", omittingEmptySubsequences: false)
    guard text.utf8.count <= 253, let last = labels.last,
      labels.allSatisfy({ isLabel($0.utf8) })
    else { throw Fault(text: "has no valid host name; write it without a dot at its end, and in its xn-- form") }
    // What ends in a number is an address, however odd its spelling (https://url.spec.whatwg.org/#ends-in-a-number-checker).
    guard isNumber(last.utf8) else { return .name(text) }
    guard let address = IPAddress(text), address.text == text else {
      throw Fault(text: "has a host that ends in a number and is no plain IPv4 address, such as 192.0.2.1")
    }
    return .address(address)
  }

  // By hand: every message is checked several times, and a regular expression is read anew each time.

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  /// 1 to 63 of `a-z0-9_-`, with no hyphen at either end.
  private static func isLabel(_ text: Substring.UTF8View) -> Bool {
    let hyphen = UInt8(ascii: "-")
    return (1...63).contains(text.count) && text.first != hyphen && text.last != hyphen
      && text.allSatisfy {
        isDigit($0) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "_") || $0 == hyphen
      }
  }

  /// Digits, or `0x` and any number of hexadecimal ones.
  private static func isNumber(_ text: Substring.UTF8View) -> Bool {
    if text.starts(with: "0x".utf8) {
      return text.dropFirst(2).allSatisfy {
        isDigit($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
      }
    }
    return !text.isEmpty && text.allSatisfy(isDigit)
  }
}

extension HTTPTarget {
  /// Says why `text` is no such URL, or nil.
  static func fault(_ text: String) -> String? {
    do throws(Fault) {
      _ = try HTTPTarget(text)
      return nil
    } catch {
      return error.text
    }
  }

  /// The host of a URL, for people: path and query may hold a secret.
  static func host(_ url: String) -> String { (try? HTTPTarget(url))?.bareHost ?? "the receiver" }

  /// Scheme and host of a URL, and its port when it names one; nil when it is no URL.
  static func origin(_ url: String) -> String? {
    guard let parts = URLComponents(string: url), let scheme = parts.scheme, let host = parts.host else { return nil }
    return "\(scheme)://\(host)\(parts.port.map { ":\($0)" } ?? "")"
  }
}
