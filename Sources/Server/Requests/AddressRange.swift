import Foundation

/// Some IP addresses: one, or all that begin alike (CIDR, RFC 4632).
public struct AddressRange: Sendable, Equatable {
  private let address: IPAddress
  /// Bits that count, of 128.
  private let length: Int

  /// Reads `192.0.2.7`, `10.0.0.0/8`, `2001:db8::1` or `2001:db8::/32`; nil when it is none of them.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2, let address = IPAddress(String(parts[0])) else { return nil }
    let longest = address.isV4 ? 32 : 128
    guard parts.count == 2 else {
      (self.address, length) = (address, 128)
      return
    }
    guard let prefix = UInt8(parts[1]), prefix <= longest, parts[1].allSatisfy(\.isNumber) else { return nil }
    (self.address, length) = (address, 128 - longest + Int(prefix))
  }

  func contains(_ other: IPAddress) -> Bool {
    // Such as ::/0: it means IPv6, not the IPv4 addresses that we write as IPv6.
    guard address.isV4 == other.isV4 else { return false }
    return zip(address.bytes, other.bytes).enumerated().allSatisfy { index, pair in
      let bits = min(max(length - index * 8, 0), 8)
      let mask = UInt8(truncatingIfNeeded: 0xFF00 >> bits)
      return pair.0 & mask == pair.1 & mask
    }
  }
}

/// An IPv4 or IPv6 address.
struct IPAddress: Sendable, Equatable {
  /// 16 of them; an IPv4 address as IPv6 maps it (RFC 4291, 2.5.5.2).
  fileprivate let bytes: [UInt8]

  fileprivate var isV4: Bool { bytes.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF] }

  /// Reads an address without a port.
  init?(_ text: String) {
    var (v4, v6) = (in_addr(), in6_addr())
    if inet_pton(AF_INET, text, &v4) == 1 {
      bytes = Array(repeating: 0, count: 10) + [0xFF, 0xFF] + withUnsafeBytes(of: v4) { Array($0) }
    } else if inet_pton(AF_INET6, text, &v6) == 1 {
      bytes = withUnsafeBytes(of: v6) { Array($0) }
    } else {
      return nil
    }
  }

  /// Reads one as proxies write it: `192.0.2.7`, `192.0.2.7:4711`, `[2001:db8::1]:4711`, `2001:db8::1`.
  init?(forwarded text: String) {
    if let match = text.wholeMatch(of: /\[([0-9A-Fa-f:.]+)\](?::[0-9]{1,5})?/) {
      self.init(String(match.1))
    } else if let match = text.wholeMatch(of: /([0-9.]+)(?::[0-9]{1,5})?/) {
      self.init(String(match.1))
    } else {
      self.init(text)
    }
  }

  /// As people write it.
  var text: String {
    var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    let bytes = isV4 ? Array(bytes.suffix(4)) : bytes
    _ = bytes.withUnsafeBytes { inet_ntop(isV4 ? AF_INET : AF_INET6, $0.baseAddress, &buffer, socklen_t(buffer.count)) }
    return buffer.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }
}
