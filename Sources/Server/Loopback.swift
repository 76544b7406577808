import Foundation

/// The names and addresses by which only this machine reaches itself.
public enum Loopback {
  /// - Parameter host: without a port; an IPv6 address with or without brackets. Any name but `localhost` may lead
  ///   elsewhere, `127.example.com` too.
  public static func contains(_ host: String) -> Bool {
    let host = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    if host.lowercased() == "localhost" { return true }
    var (v4, v6) = (in_addr(), in6_addr())
    if inet_pton(AF_INET, host, &v4) == 1 { return UInt32(bigEndian: v4.s_addr) >> 24 == 127 }
    guard inet_pton(AF_INET6, host, &v6) == 1 else { return false }
    return withUnsafeBytes(of: v6) { $0.dropLast().allSatisfy { $0 == 0 } && $0.last == 1 }
  }
}
