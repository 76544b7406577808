import NIOCore
import NIOSSL

/// Demands that a server's certificate is for the host's name. NIOSSL also takes one for the address that the name led
/// to, which whoever answers our name look-ups can have a certificate for.
enum HTTPCertificate {
  struct OtherHost: Error {}

  /// Fails when `channel` is encrypted and its server's certificate names hosts, but not `host`.
  static func check(_ channel: any Channel, for host: String) -> EventLoopFuture<Void> {
    guard IPAddress(host) == nil else { return channel.eventLoop.makeSucceededVoidFuture() }
    return channel.pipeline.handler(type: NIOSSLHandler.self).map { _ in true }.recover { _ in false }
      .flatMap { isEncrypted in
        guard isEncrypted else { return channel.eventLoop.makeSucceededVoidFuture() }
        return channel.nioSSL_peerCertificate().flatMapThrowing { certificate in
          guard let certificate, isFor(host, certificate) else { throw OtherHost() }
        }
      }
  }

  /// RFC 9525, section 6.3: the DNS names count, `*` for one whole first label. Without any name, NIOSSL has compared the
  /// subject's.
  private static func isFor(_ host: String, _ certificate: NIOSSLCertificate) -> Bool {
    var hasNames = false
    for name in certificate._subjectAlternativeNames() {
      hasNames = true
      guard name.nameType == .dnsName else { continue }
      let pattern = String(decoding: name.contents, as: UTF8.self).lowercased()
      if pattern == host { return true }
      if pattern.hasPrefix("*."), host.drop(while: { $0 != "." }) == pattern.dropFirst() { return true }
    }
    return !hasNames
  }
}
