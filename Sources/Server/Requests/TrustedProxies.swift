import HTTPTypes
import Hummingbird
import NIOCore

/// Who sent a request.
struct Client: Sendable, Equatable {
  /// Its IP address; nil when it is not known.
  var address: String?
  /// Whether its own connection is encrypted.
  var isSecure = false
  /// The host, and port, that it asked for.
  var host: String?
}

/// The proxies whose word about their clients is taken. Anybody can send such headers; only the part that these have
/// added themselves is believed.
public struct TrustedProxies: Sendable {
  private let ranges: [AddressRange]

  public init(_ ranges: [AddressRange] = []) { self.ranges = ranges }

  /// Reads `X-Forwarded-For`, `-Proto` and `-Host`, or `Forwarded` (RFC 7239). Each proxy adds to the right, so the client is
  /// the right-most address that is none of ours. What cannot be read ends the walk: then the last one that can be is it.
  ///
  /// - Parameter isEncrypted: whether the connection to this server is.
  func client(_ request: Request, from remote: SocketAddress?, isEncrypted: Bool) -> Client {
    let address = remote?.ipAddress.flatMap { IPAddress($0) }
    var client = Client(address: address?.text, isSecure: isEncrypted, host: request.head.authority)
    guard let address, contains(address) else { return client }
    let plain = ForwardedHop.plain(request.headers)
    let standard = ForwardedHop.standard(request.headers)
    // A proxy writes one of the two and passes the other on as the client sent it.
    if !plain.isEmpty, !standard.isEmpty { return client }
    let hops = plain.isEmpty ? standard : plain
    client.address = farthest(hops, from: address).text
    guard let nearest = hops.last else { return client }
    if let proto = nearest.proto { client.isSecure = proto == "https" }
    client.host = nearest.host ?? client.host
    return client
  }

  private func farthest(_ hops: [ForwardedHop], from nearest: IPAddress) -> IPAddress {
    var address = nearest
    for hop in hops.reversed() {
      guard contains(address), let next = hop.address else { break }
      address = next
    }
    return address
  }

  private func contains(_ address: IPAddress) -> Bool { ranges.contains { $0.contains(address) } }
}
