import NIOHTTP1

extension HTTPRequestHead {
  /// What is wrong with a head that the parser let pass: anything that a proxy before us may have read in another way
  /// (RFC 9112, sections 3.2, 6.1 and 11.2), and what is too large.
  func refusal(_ limits: Limits) -> Refusal? {
    if uri.utf8.count > limits.addressSize { return .addressTooLong(limit: limits.addressSize) }
    if headers.contains(where: { $0.value.contains("\u{FFFD}") }) { return .malformed("a header is not UTF-8 text") }
    let hosts = headers["host"]
    guard hosts.count == 1 || (hosts.isEmpty && version == .http1_0), hosts.allSatisfy(Self.isHost) else {
      return .malformed("the header host must be there once, and name a host")
    }
    guard method != .CONNECT, isFor(hosts.first ?? "") else {
      return .malformed("the address must be a path of this server, such as /healthz")
    }
    let encodings = headers["transfer-encoding"]
    guard encodings.isEmpty || (encodings.map { $0.lowercased() } == ["chunked"] && version == .http1_1) else {
      return .malformed("the only transfer-encoding is chunked, once, in HTTP/1.1")
    }
    let lengths = headers["content-length"]
    guard lengths.isEmpty || (lengths.count == 1 && encodings.isEmpty) else {
      return .malformed("the body must have one content-length, or be chunked")
    }
    if let length = lengths.first, Int(length).map({ $0 > limits.bodySize }) ?? true {
      return .bodyTooLarge(limit: limits.bodySize)
    }
    return nil
  }

  /// Whether the client waits for a word before it sends the body (RFC 9110, section 10.1.1).
  var expectsContinue: Bool {
    version == .http1_1 && headers["expect"].first?.lowercased() == "100-continue"
  }

  /// Whether the parser stops after this request, because it takes what follows for another protocol.
  var asksForUpgrade: Bool { headers.contains(name: "upgrade") }

  /// A path, or a whole address that names the same host as the header.
  private func isFor(_ host: String) -> Bool {
    if uri.hasPrefix("/") || (uri == "*" && method == .OPTIONS) { return true }
    let lower = uri.lowercased()
    return ["http", "https"].contains { lower.hasPrefix("\($0)://\(host.lowercased())/") && !host.isEmpty }
  }

  /// A name or an address, with or without a port. An empty one is allowed (RFC 9110, section 7.2).
  private static func isHost(_ text: String) -> Bool {
    text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "-._~:[]%!$&'()*+,;=".utf8.contains(byte)
      }
    }
  }
}
