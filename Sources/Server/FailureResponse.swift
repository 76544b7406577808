import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Tocsin

/// A problem document (RFC 9457).
struct Problem: Encodable {
  let type = "about:blank"
  let title: String
  let status: Int
  /// For programs; stable.
  let code: String
  let detail: String
  /// Where in the body the fault is, as a JSON pointer (RFC 6901).
  var pointer: String?
  /// The parameter of path or query that is at fault.
  var parameter: String?
  var allowed: [String]?
  /// Under which the log tells more.
  var requestId: String?
}

extension Failure {
  /// The one table from failures to HTTP.
  var httpStatus: HTTPResponse.Status {
    switch code {
    case .malformed: .badRequest
    case .invalid: .unprocessableContent
    case .unauthenticated: .unauthorized
    case .forbidden: .forbidden
    case .notFound: .notFound
    case .conflict: .conflict
    case .outdated: .preconditionFailed
    case .tooMany: .tooManyRequests
    case .unavailable: .serviceUnavailable
    case .internal: .internalServerError
    }
  }
}

/// Whatever was thrown, as one status and one sentence.
struct Denial {
  let status: HTTPResponse.Status
  /// For programs; stable.
  let code: String
  /// For whoever asked.
  let sentence: String
  /// For the log.
  let trace: String
  var field: String?
  var allowed: [String] = []
  var headers = HTTPFields()

  init(_ error: any Error) {
    if let error = error as? any HTTPResponseError {
      // Hummingbird's own: no such route, body too large.
      status = error.status
      code = error.status.problemCode
      sentence = (error as? BodyTooLarge)?.sentence ?? error.status.sentence
      trace = sentence
      headers[.allow] = (error as? MethodNotAllowed)?.allow
      return
    }
    let failure = Failure(error)
    status = failure.httpStatus
    code = failure.code.rawValue
    sentence = failure.message
    // A sender such as Alertmanager drops what was refused: here at least it is seen.
    let isOurs = failure.code == .internal || failure.code == .unavailable
    trace = isOurs ? "\(error)" : failure.message
    field = nonEmpty(failure.field)
    allowed = failure.allowed
    switch failure.code {
    case .unavailable, .tooMany: headers[.retryAfter] = String(failure.retryAfter ?? 5)
    case _ where failure.retryAfter != nil: headers[.retryAfter] = failure.retryAfter.map(String.init)
    case .unauthenticated: headers[.wwwAuthenticate] = "Bearer, Basic realm=\"tocsin\""
    default: break
    }
  }

  var problem: Response {
    get throws {
      with(headers, try Response.problem(status, code: code, detail: sentence, field: field, allowed: allowed))
    }
  }

  /// As Alertmanager refuses: a text in JSON, and 400 for whatever is wrong with what was sent.
  var text: Response {
    get throws {
      let isBad = status == .unprocessableContent || status == .conflict
      return with(headers, try Response.json(sentence, status: isBad ? .badRequest : status))
    }
  }

  private func with(_ headers: HTTPFields, _ response: Response) -> Response {
    var response = response
    for header in headers { response.headers[header.name] = header.value }
    return response
  }
}

/// Turns whatever a route throws into a problem document, into what Alertmanager's clients take for one, or, at an address
/// that is none, into a page for whoever looks. What is not meant for people goes to the log only.
struct FailureResponses: RouterMiddleware {
  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    do {
      try request.requireKnownMethod()
      return try await next(request, context)
    } catch {
      let denial = Denial(error)
      context.trail.note(problem: denial.trace)
      if [.notFound, .methodNotAllowed].contains(denial.status), request.wantsPage {
        return try PageRefusal.response(denial, request)
      }
      var response = try AlertmanagerRoutes.owns(request.uri.path) ? denial.text : denial.problem
      // For `Basic`, a browser would open a window of its own in front of the page that asks.
      if request.headers[.fetchMode] != nil, response.headers[.wwwAuthenticate] != nil {
        response.headers[.wwwAuthenticate] = "Bearer"
      }
      return response
    }
  }
}

extension HTTPField.Name {
  fileprivate static let fetchMode = HTTPField.Name("sec-fetch-mode")!
}

/// A body over a limit that is not the usual one.
struct BodyTooLarge: HTTPResponseError {
  /// Bytes.
  let limit: Int
  var status: HTTPResponse.Status { .contentTooLarge }
  fileprivate var sentence: String { "the body is larger than \(limit) bytes (\(limit >> 10) KiB)" }

  func response(from request: Request, context: some Hummingbird.RequestContext) throws -> Response {
    Response(status: status)
  }
}

extension HTTPResponse.Status {
  fileprivate var problemCode: String {
    switch self {
    case .contentTooLarge: "too_large"
    case .notFound: "not_found"
    case .methodNotAllowed: "method_not_allowed"
    case .notImplemented: "not_implemented"
    case .unsupportedMediaType: "unsupported_media_type"
    default: "malformed"
    }
  }

  fileprivate var sentence: String {
    switch self {
    case .contentTooLarge: "the body is larger than \(Limits.largestBody) bytes (1 MiB)"
    case .notFound: "there is nothing at this address"
    case .notImplemented: "this server knows no such method"
    case .methodNotAllowed: "this address does not take that method; the header Allow says which it takes"
    case .unsupportedMediaType: "the body must be JSON, and the header content-type must say so: application/json"
    default: reasonPhrase
    }
  }
}

extension Response {
  static func problem(
    _ status: HTTPResponse.Status, code: String, detail: String, field: String? = nil, allowed: [String] = []
  ) throws -> Response {
    let problem = Problem(
      title: status.reasonPhrase, status: status.code, code: code, detail: detail,
      pointer: field.flatMap { $0.hasPrefix("/") ? $0 : nil },
      parameter: field.flatMap { $0.hasPrefix("/") ? nil : $0 },
      allowed: allowed.isEmpty ? nil : allowed, requestId: RequestID.current)
    var response = try json(problem, status: status)
    response.headers[.contentType] = "application/problem+json"
    return response
  }

  static func text(_ text: String, type: String = "text/plain; charset=utf-8") -> Response {
    Response(
      status: .ok, headers: [.contentType: type, .cacheControl: "no-store"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }

  static func html(_ text: String) -> Response {
    Response(
      status: .ok, headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }

  static func json(_ value: some Encodable, status: HTTPResponse.Status) throws -> Response {
    let body = try JSON.encode(value) + "\n"
    return Response(
      status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
  }
}
