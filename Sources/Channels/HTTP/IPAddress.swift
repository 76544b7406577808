import Foundation

/// An address of IPv4 (4 bytes) or IPv6 (16 bytes).
struct IPAddress: Sendable, Hashable {
  let bytes: [UInt8]

  /// Reads `192.0.2.1` or `2001:db8::1`; nil for anything else: no short, octal or hexadecimal IPv4, no zone.
  init?(_ text: String) {
    var buffer = [UInt8](repeating: 0, count: 16)
    if inet_pton(AF_INET, text, &buffer) == 1 {
      bytes = Array(buffer.prefix(4))
    } else if inet_pton(AF_INET6, text, &buffer) == 1 {
      bytes = buffer
    } else {
      return nil
    }
  }

  /// The address that a name look-up gave; nil when it is of another family.
  init?(_ address: UnsafePointer<sockaddr>) {
    switch Int32(address.pointee.sa_family) {
    case AF_INET:
      let v4 = UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in.self)
      bytes = withUnsafeBytes(of: v4.sin_addr) { Array($0) }
    case AF_INET6:
      let v6 = UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in6.self)
      bytes = withUnsafeBytes(of: v6.sin6_addr) { Array($0) }
    default: return nil
    }
  }

  fileprivate init(bytes: [UInt8]) { self.bytes = bytes }

  var isV6: Bool { bytes.count == 16 }

  /// The usual spelling (RFC 5952).
  var text: String {
    var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    inet_ntop(isV6 ? AF_INET6 : AF_INET, bytes, &buffer, socklen_t(buffer.count))
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Whether it belongs to the public Internet, and so to somebody else than the network that we run in.
  var isPublic: Bool {
    guard isV6 else { return !IPNetwork.internalV4.contains { $0.contains(self) } }
    // NAT64's well-known prefix (RFC 6052) is how a host without IPv4 reaches all of IPv4.
    if IPNetwork.nat64.contains(self) { return IPAddress(bytes: Array(bytes.suffix(4))).isPublic }
    return IPNetwork.globalUnicast.contains(self) && !IPNetwork.internalV6.contains { $0.contains(self) }
  }
}

/// A network, `10.0.0.0/8`.
struct IPNetwork: Sendable, Equatable {
  let address: IPAddress
  let bits: Int

  /// Reads `10.0.0.0/8`, or an address alone; nil for anything else, and for a network with bits set beyond its length,
  /// which is a slip of the pen.
  init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let address = IPAddress(String(parts[0])) else { return nil }
    let most = address.bytes.count * 8
    var bits = most
    if parts.count == 2 {
      guard parts[1].wholeMatch(of: /0|[1-9][0-9]{0,2}/) != nil, let count = Int(parts[1]), count <= most else {
        return nil
      }
      bits = count
    }
    self.init(address, bits)
    guard (0..<most).allSatisfy({ $0 < bits || !address.bit($0) }) else { return nil }
  }

  private init(_ address: IPAddress, _ bits: Int) { (self.address, self.bits) = (address, bits) }

  func contains(_ other: IPAddress) -> Bool {
    other.isV6 == address.isV6 && (0..<bits).allSatisfy { address.bit($0) == other.bit($0) }
  }
}

extension IPAddress {
  fileprivate func bit(_ index: Int) -> Bool { bytes[index / 8] & (0x80 >> UInt8(index % 8)) != 0 }
}

extension IPNetwork {
  /// https://www.iana.org/assignments/iana-ipv4-special-registry, every entry that is not globally reachable, multicast,
  /// the 6to4 relays, and the one public-looking address that Azure answers on inside every machine.
  fileprivate static let internalV4 = networks([
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
    "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
  ])

  /// https://www.iana.org/assignments/iana-ipv6-special-registry, those within 2000::/3: protocol assignments with Teredo
  /// and benchmarking, documentation, 6to4.
  fileprivate static let internalV6 = networks(["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"])

  /// All that IPv6 routes between networks (RFC 4291, section 2.4). Outside are loopback, unspecified, link-local,
  /// unique-local, multicast, and IPv4 in its mapped and compatible forms.
  fileprivate static let globalUnicast = IPNetwork(IPAddress(bytes: [0x20] + [UInt8](repeating: 0, count: 15)), 3)
  fileprivate static let nat64 = IPNetwork(
    IPAddress(bytes: [0, 0x64, 0xff, 0x9b] + [UInt8](repeating: 0, count: 12)), 96)

  private static func networks(_ texts: [String]) -> [IPNetwork] { texts.compactMap { IPNetwork($0) } }
}
