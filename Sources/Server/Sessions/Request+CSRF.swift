import Foundation
import HTTPTypes
import Hummingbird
import Tocsin

/// A browser sends the session's cookie with whatever a page makes it send, other sites' pages too. So a change needs what
/// only our own pages know (OWASP CSRF Prevention: token, and Fetch Metadata and Origin beside it).
extension Request {
  /// Bytes of a form; a larger one is refused with 413. Two texts of 64 KiB, each byte of which may be written as three.
  static let largestForm = 512 * 1024

  var isChange: Bool { ![.get, .head, .options, .trace].contains(method) }

  /// Whether another site's page asks, by what the browser says of it (Fetch Metadata); nil where it says nothing.
  var isOfAnotherSite: Bool? {
    headers[.fetchSite].map { !["same-origin", "none"].contains($0.lowercased()) }
  }

  var isForm: Bool {
    let type = (headers[.contentType] ?? "").prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
    return type == "application/x-www-form-urlencoded"
  }

  /// Demands the session's token in the header `X-CSRF-Token` or in the form's field `csrf_token`, and no sign of another
  /// site, not even of a neighbour under the same domain.
  ///
  /// - Throws: ``Failure`` with code `forbidden`; 413.
  mutating func requireCSRFToken(of signedIn: SignedIn) async throws {
    if isOfAnotherSite == true {
      throw Failure(.forbidden, "a page of another site sent this")
    }
    var token = headers[.csrfToken]
    if token == nil, isForm { token = try await form()["csrf_token"] }
    guard let token, signedIn.accepts(csrfToken: token) else {
      throw Failure(
        .forbidden,
        "with a session, a change needs its CSRF token in the header x-csrf-token; GET /api/v1/session tells it")
    }
  }

  /// The fields of the form in the body, which can be read again.
  ///
  /// - Throws: ``Failure`` with code `malformed`; 413; 415 for what is no form.
  mutating func form() async throws -> [String: String] {
    guard isForm else { throw HTTPError(.unsupportedMediaType) }
    let body: ByteBuffer
    do {
      body = try await collectBody(upTo: Self.largestForm)
    } catch let error as any HTTPResponseError where error.status == .contentTooLarge {
      throw BodyTooLarge(limit: Self.largestForm)
    }
    let text = String(validating: body.readableBytesView, as: UTF8.self)
    guard let fields = text.flatMap({ FormText.decoded($0) }) else {
      throw Failure(.malformed, "the form cannot be read: it is not UTF-8, or a field stands twice")
    }
    return fields
  }
}

extension HTTPField.Name {
  // Constants of valid letters.
  static let csrfToken = HTTPField.Name("x-csrf-token")!
  static let fetchSite = HTTPField.Name("sec-fetch-site")!
}
