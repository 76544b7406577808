import AsyncHTTPClient
import Foundation
import NIOCore
import NIOPosix

/// Why there was no answer at all, in words for people.
enum HTTPFault {
  static func text(_ error: any Error) -> String {
    if let error = error as? HTTPClientError { return text(error) }
    if error is HTTPCertificate.OtherHost { return "its certificate is for another host" }
    if let code = (error as? IOError)?.errnoCode, [ECONNRESET, EPIPE].contains(code) {
      return "it closed the connection without an answer"
    }
    // The only other kinds come from below: the name service, the socket, TLS, or an answer that is not HTTP. Their
    // descriptions name hosts, ports and system errors, nothing that was sent.
    let description = String(describing: error)
    if description.contains("CERTIFICATE_VERIFY_FAILED") { return "its certificate is not trusted" }
    if description.contains("failedToValidateHostname") { return "its certificate is for another host" }
    if description.contains("Connection refused") { return "it refused the connection" }
    if description.contains("handshakeFailed") || description.contains("SSL") { return "no encrypted connection" }
    return "it cannot be reached, or does not speak HTTP"
  }

  /// Whether no connection came about, so that nothing can have been sent.
  static func isBeforeConnection(_ error: any Error) -> Bool {
    if let error = error as? HTTPClientError { return error == .connectTimeout }
    if error is NIOConnectionError { return true }
    let codes = [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ENETDOWN, ETIMEDOUT, EADDRNOTAVAIL, EAFNOSUPPORT]
    return (error as? IOError).map { codes.contains($0.errnoCode) } ?? false
  }

  /// Whether a kept connection was found closed before the request was wholly written to it: what is then sent by halves,
  /// no server takes for a request (RFC 9112, section 8).
  static func isClosedBeforeUse(_ error: any Error) -> Bool {
    error as? ChannelError == .ioOnClosedChannel
  }

  private static func text(_ error: HTTPClientError) -> String {
    switch error {
    case .connectTimeout, .deadlineExceeded, .readTimeout, .writeTimeout, .getConnectionFromPoolTimeout,
      .tlsHandshakeTimeout:
      "it did not answer in time"
    case .remoteConnectionClosed: "it closed the connection without an answer"
    default: "the request failed (\(error.shortDescription))"
    }
  }
}
