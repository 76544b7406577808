import Foundation
import HTTPTypes
import Hummingbird
import Tocsin

/// A website that the operator visits can make the operator's browser post here. These checks tell such a request from
/// one that a monitoring system sends; without a token, nothing else would.
extension Request {
  /// - Parameter publicURL: where people reach this server, if it is known: a proxy may have changed the request's host.
  /// - Throws: ``Failure`` with code `forbidden` when a browser says that another site's page sent this (Fetch Metadata
  ///   Request Headers, RFC 6454).
  func refuseForeignSites(publicURL: String? = nil) throws {
    let isForeign = headers[.origin].map { !isOwn(origin: $0, publicURL) } ?? false
    guard isForeign || headers[.fetchSite]?.lowercased() == "cross-site" else { return }
    throw Failure(.forbidden, "a page of another site sent this")
  }

  /// A name that leads here without being ours is how a page gets around the rule that it may talk to its own site only
  /// (DNS rebinding).
  ///
  /// - Throws: ``Failure`` with code `forbidden` when the request names another host than this machine itself.
  func requireLoopbackHost() throws {
    if Loopback.contains(hostWithoutPort) { return }
    throw Failure(
      .forbidden,
      "without a token this takes requests to localhost, 127.0.0.1 or [::1] only; "
        + "make one: tocsin create-token --name alertmanager --role ingest")
  }

  /// What the request names: `127.0.0.1`, `[::1]`, `localhost`.
  private var hostWithoutPort: String {
    let authority = head.authority ?? ""
    guard let colon = authority.lastIndex(of: ":"),
      authority[colon...].utf8.dropFirst().allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return authority }
    return String(authority[..<colon])
  }

  /// A page of another site can send a form or plain text unasked, JSON it cannot (Fetch Standard, CORS-safelisted
  /// request-header).
  ///
  /// - Throws: 415 when the body is not said to be JSON.
  func requireJSON() throws {
    let header = headers[.contentType] ?? ""
    if header == "application/json" { return }
    let type = header.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
    guard type == "application/json" || type.hasSuffix("+json") else { throw HTTPError(.unsupportedMediaType) }
  }

  private func isOwn(origin: String, _ publicURL: String?) -> Bool {
    let origin = origin.lowercased()
    if let publicURL = publicURL?.lowercased(), publicURL == origin || publicURL.hasPrefix(origin + "/") { return true }
    let host = origin.replacing(/^https?:\/\//, with: "")
    return host != origin && host == head.authority?.lowercased()
  }
}
