import API
import Foundation
import HTTPTypes
import Hummingbird
import Pages
import Tocsin

/// Somebody who is signed in asks for a page, or sends a form of one. What a page's handler gets: who they are, what they
/// sent, and the desk to do it at.
struct Visit: Sendable {
  let incidents: Incidents
  let person: SignedIn
  let request: Request
  let context: Context
  /// The fields of the query. A name that stands twice makes the request malformed.
  let query: [String: String]
  /// The fields of the form, their lines ended by LF; empty for a GET.
  let form: [String: String]
  /// All calls of the API, made in this person's name. The route has let them in; the desk does not ask again.
  let desk: LocalDesk
  let texts = Texts.current

  var principal: Principal { get throws { try person.visitor(from: context.clientAddress).principal } }
  var role: Role { person.user.role }
  /// Whether they may change incidents and send messages.
  var mayRespond: Bool { role == .responder || role == .admin }
  var mayAdminister: Bool { role == .admin }
  var now: Date { incidents.database.now() }

  /// - Throws: ``Failure`` with code `unauthenticated` for whoever is not signed in, `malformed` for a query or form that
  ///   cannot be read.
  init(_ incidents: Incidents, _ request: Request, _ context: Context) async throws {
    guard let person = context.signedIn else {
      throw Failure(.unauthenticated, "this page is for people who have signed in")
    }
    guard let query = FormText.decoded(request.uri.query ?? "") else {
      throw Failure(.malformed, "the query cannot be read: it is not UTF-8, or a name stands twice")
    }
    var request = request
    let fields = request.isChange ? try await request.form() : [:]
    // As browsers send lines; what is stored has its own.
    form = fields.mapValues { $0.replacing("\r\n", with: "\n") }
    (self.incidents, self.person, self.request, self.context) = (incidents, person, request, context)
    self.query = query
    desk = LocalDesk(incidents, by: try person.visitor(from: context.clientAddress).principal)
  }

  /// What stands under a name of the path's braces.
  func parameter(_ name: String) throws -> String {
    let text = try context.parameters.require(name)
    guard let plain = text.removingPercentEncoding else {
      throw Failure(.malformed, "the address is not percent-encoded UTF-8")
    }
    return plain
  }

  /// A field of the form without the blanks around it; nil for one that is empty or not there.
  func typed(_ name: String) -> String? {
    let text = form[name]?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
    return text.isEmpty ? nil : text
  }

  /// A field of the form with all its lines; nil for one that is blank or not there.
  func text(_ name: String) -> String? {
    let text = form[name] ?? ""
    return text.trimmingCharacters(in: .whitespacesAndNewlines).isEmpty ? nil : text
  }

  /// A field of the query; nil for one that is empty or not there.
  func asked(_ name: String) -> String? {
    let text = query[name]?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
    return text.isEmpty ? nil : text
  }
}

extension Visit {
  /// A page in its frame.
  ///
  /// - Parameters:
  ///   - template: of `Sources/Pages/Templates/`, one that begins with `{{<frame}}`.
  ///   - values: what it shows. `live` makes it renew itself when something happens: `all`, or an incident's guid.
  ///   - failure: what went wrong with what the person sent: it stands on the page, and is the answer's status.
  func page(_ template: String, _ values: Template.Values, problem failure: Failure? = nil) throws -> Response {
    var values = values
    if let key = query["said"], let text = texts.all["said_\(key)"] { values["said"] = text }
    if let failure { values["problem"] = failure.sentence }
    let html = try Template.render(template, values, frame: frame, texts: texts)
    return .page(html, failure: failure)
  }

  /// After something was done: on to a page that says so, by the text `said_KEY`. `GET` from here on, so that a reload does
  /// nothing again (RFC 9110, section 15.4.4).
  func done(_ path: String, said key: String? = nil, anchor: String = "") -> Response {
    let query = key.map { (path.contains("?") ? "&" : "?") + "said=\($0)" } ?? ""
    return .redirect(to: path + query + (anchor.isEmpty ? "" : "#" + anchor), type: .normal)
  }
}

extension Response {
  /// A page as an answer.
  static func page(_ html: String, failure: Failure? = nil) -> Response {
    var headers: HTTPFields = [
      .contentType: "text/html; charset=utf-8", .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
      // Among our own pages only: without any, a browser would call the origin of our forms `null`.
      .referrerPolicy: "same-origin", .contentSecurityPolicy: Self.pagePolicy,
    ]
    if let failure {
      if failure.code == .unavailable || failure.code == .tooMany {
        headers[.retryAfter] = String(failure.retryAfter ?? 5)
      }
      // Not Basic, for which a browser would ask by a window of its own.
      if failure.code == .unauthenticated { headers[.wwwAuthenticate] = "Bearer" }
    }
    return Response(
      status: failure?.httpStatus ?? .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
  }

  /// Everything from here, nothing inline.
  private static let pagePolicy =
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    + "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
}

extension Failure {
  /// The message as a sentence of its own.
  var sentence: String {
    let text = message.prefix(1).uppercased() + message.dropFirst()
    return text.last?.isPunctuation == true ? text : text + "."
  }
}

extension HTTPField.Name {
  // A constant of valid letters.
  static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
}
