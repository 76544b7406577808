import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import Server

/// Whoever can choose the address under which a request counts can get around throttling, and puts lies into the log.
@Suite struct TrustedProxiesTests {
  private static let proxies = TrustedProxies(
    ["10.0.0.0/8", "192.0.2.1", "2001:db8::/32"].compactMap { AddressRange($0) })

  private func client(
    _ headers: [(String, String)], from remote: String, isEncrypted: Bool = false,
    _ proxies: TrustedProxies = Self.proxies
  ) throws -> Client {
    var fields: HTTPFields = [:]
    for (name, value) in headers { fields.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value)) }
    let head = HTTPRequest(method: .get, scheme: "http", authority: "inner:8420", path: "/", headerFields: fields)
    let request = Request(head: head, body: RequestBody(buffer: ByteBuffer()))
    let address = try SocketAddress(ipAddress: remote, port: 4711)
    return proxies.client(request, from: address, isEncrypted: isEncrypted)
  }

  @Test(arguments: [
    ("203.0.113.9", "203.0.113.9"), ("1.1.1.1, 203.0.113.9", "203.0.113.9"),
    ("1.1.1.1, 203.0.113.9, 10.1.1.1", "203.0.113.9"), ("203.0.113.9:4711", "203.0.113.9"),
    ("[2001:dead::7]:443", "2001:dead::7"), ("2001:dead::7", "2001:dead::7"), ("::ffff:203.0.113.9", "203.0.113.9"),
    ("10.3.3.3, 10.2.2.2", "10.3.3.3"), ("203.0.113.9, unknown", "10.0.0.5"),
    ("203.0.113.9, junk, 10.1.1.1", "10.1.1.1"),
    ("", "10.0.0.5"), (", ,", "10.0.0.5"), ("999.1.1.1", "10.0.0.5"), ("203.0.113.9x", "10.0.0.5"),
    (String(repeating: "1.1.1.1,", count: 5000) + "203.0.113.9", "203.0.113.9"),
  ])
  func `The right-most address that is none of our proxies' is the client`(
    _ header: String, _ expected: String
  ) throws {
    #expect(try client([("X-Forwarded-For", header)], from: "10.0.0.5").address == expected)
  }

  @Test(arguments: ["203.0.113.50", "192.0.2.2", "11.0.0.1", "2001:db9::1", "127.0.0.1"])
  func `Nobody else's word is taken`(_ remote: String) throws {
    let client = try client(
      [
        ("X-Forwarded-For", "1.2.3.4"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "evil.example"),
      ], from: remote)
    #expect(client == Client(address: remote, isSecure: false, host: "inner:8420"))
  }

  @Test func `Without named proxies nobody's word is taken`() throws {
    let client = try client([("Forwarded", "for=1.2.3.4;proto=https")], from: "127.0.0.1", TrustedProxies())
    #expect(client == Client(address: "127.0.0.1", isSecure: false, host: "inner:8420"))
  }

  @Test func `Headers of several lines are one list`() throws {
    let headers = [("X-Forwarded-For", "1.1.1.1"), ("X-Forwarded-For", "203.0.113.9, 10.1.1.1")]
    #expect(try client(headers, from: "192.0.2.1").address == "203.0.113.9")
  }

  @Test(arguments: [
    ("for=203.0.113.9", "203.0.113.9", false), ("For=\"203.0.113.9:80\" ; Proto=HTTPS", "203.0.113.9", true),
    ("for=\"[2001:dead::7]:4711\";proto=https", "2001:dead::7", true),
    ("for=1.1.1.1;proto=https, for=203.0.113.9;proto=http", "203.0.113.9", false),
    ("for=_hidden, for=10.1.1.1", "10.1.1.1", false), ("for=unknown", "2001:db8::5", false),
    ("by=10.0.0.1;for", "2001:db8::5", false), ("for=\"", "2001:db8::5", false), (";;,=,", "2001:db8::5", false),
  ])
  func `The standard header is read too`(_ header: String, _ address: String, _ isSecure: Bool) throws {
    let client = try client([("Forwarded", header)], from: "2001:db8::5")
    #expect(client.address == address && client.isSecure == isSecure)
  }

  /// Failure: the proxy writes one of the two headers, and passes on the other as the client sent it.
  @Test func `Where both kinds are there, neither is believed`() throws {
    let headers = [("X-Forwarded-For", "203.0.113.9"), ("Forwarded", "for=1.2.3.4"), ("X-Forwarded-Proto", "https")]
    #expect(try client(headers, from: "10.0.0.5") == Client(address: "10.0.0.5", host: "inner:8420"))
  }

  @Test(arguments: [
    ("https", "tocsin.example.com", true, "tocsin.example.com"), ("HTTPS", "a:8443", true, "a:8443"),
    ("http, https", "evil, good", true, "good"), ("gopher", "a b", false, "inner:8420"),
    ("https", "x\"><script>", true, "inner:8420"), ("", "", false, "inner:8420"),
  ])
  func `Protocol and host are the nearest proxy's, where they can be ones`(
    _ proto: String, _ host: String, _ isSecure: Bool, _ expected: String
  ) throws {
    let client = try client([("X-Forwarded-Proto", proto), ("X-Forwarded-Host", host)], from: "10.0.0.5")
    #expect(client.isSecure == isSecure && client.host == expected && client.address == "10.0.0.5")
  }

  @Test func `A client that reached an encrypted proxy by plain HTTP is not called secure`() throws {
    let headers = [("X-Forwarded-Proto", "http"), ("X-Forwarded-For", "203.0.113.9")]
    #expect(try !client(headers, from: "10.0.0.5", isEncrypted: true).isSecure)
    #expect(try client([], from: "10.0.0.5", isEncrypted: true).isSecure)
  }

  @Test(arguments: [
    "", "x", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8/8", "::/129", "10.0.0", "10.0.0.0/+8",
    "fe80::1%eth0",
    "10.0.0.0/٨",
  ])
  func `What is no address and no range is refused`(_ text: String) { #expect(AddressRange(text) == nil) }

  @Test(arguments: [
    ("10.0.0.0/8", "10.255.255.255", true), ("10.0.0.0/8", "11.0.0.0", false), ("10.128.0.0/9", "10.127.0.0", false),
    ("0.0.0.0/0", "8.8.8.8", true), ("0.0.0.0/0", "::1", false), ("::/0", "::1", true), ("::/0", "8.8.8.8", false),
    ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.6", false), ("192.0.2.7/32", "::ffff:192.0.2.7", true),
    ("2001:db8::/33", "2001:db8:7fff::", true), ("2001:db8::/33", "2001:db8:8000::", false),
  ])
  func `A range holds what begins like it`(_ range: String, _ address: String, _ isIn: Bool) throws {
    #expect(try #require(AddressRange(range)).contains(#require(IPAddress(address))) == isIn)
  }
}
