import Hummingbird
import NIOCore
import NIOHTTP1
import Tocsin

/// Why a request is sent away before any route sees it, or in the middle of its body. The connection is closed after it.
enum Refusal: Error, Equatable {
  case malformed(String)
  case tooSlow
  case bodyTooLarge(limit: Int)
  case addressTooLong(limit: Int)
  case headersTooLarge(limit: Int)
  case crowded

  /// What the parser found: a request that may be read in more than one way is never guessed at.
  init(_ error: HTTPParserError, _ limits: Limits, inAddress: Bool) {
    self =
      switch error {
      case .headerOverflow where inAddress: .addressTooLong(limit: limits.addressSize)
      case .headerOverflow: .headersTooLarge(limit: limits.fields.total)
      default: .malformed("this is no HTTP/1.1 request, or one that could be read in two ways")
      }
  }

  /// The whole answer.
  ///
  /// - Parameter isText: whether it is a text in JSON, for Alertmanager's clients, rather than a problem document.
  func answer(isText: Bool = false) -> (head: HTTPResponseHead, body: ByteBuffer) {
    let problem = Problem(
      title: kind.reasonPhrase, status: Int(kind.code), code: code, detail: detail)
    let body = ByteBuffer(string: ((try? isText ? JSON.encode(detail) : JSON.encode(problem)) ?? "{}") + "\n")
    var headers: HTTPHeaders = [
      "content-type": isText ? "application/json" : "application/problem+json",
      "content-length": "\(body.readableBytes)",
      "cache-control": "no-store",
      "connection": "close",
    ]
    if self == .crowded { headers.add(name: "retry-after", value: "5") }
    return (HTTPResponseHead(version: .http1_1, status: kind, headers: headers), body)
  }

  private var kind: HTTPResponseStatus {
    switch self {
    case .malformed: .badRequest
    case .tooSlow: .requestTimeout
    case .bodyTooLarge: .payloadTooLarge
    case .addressTooLong: .uriTooLong
    case .headersTooLarge: .requestHeaderFieldsTooLarge
    case .crowded: .serviceUnavailable
    }
  }

  private var code: String {
    switch self {
    case .malformed: "malformed"
    case .tooSlow: "timeout"
    case .bodyTooLarge, .addressTooLong, .headersTooLarge: "too_large"
    case .crowded: "unavailable"
    }
  }

  private var detail: String {
    switch self {
    case .malformed(let why): why
    case .tooSlow: "the request took too long to arrive"
    case .bodyTooLarge(let limit): "the body is larger than \(limit) bytes (\(limit >> 10) KiB)"
    case .addressTooLong(let limit): "the address is longer than \(limit) bytes (\(limit >> 10) KiB)"
    case .headersTooLarge(let limit): "the headers are too many, or larger than \(limit) bytes (\(limit >> 10) KiB)"
    case .crowded: "the server has too many connections; try again later"
    }
  }
}

/// A route that is waiting for the rest of a body gets this instead; its answer is not sent.
extension Refusal: HTTPResponseError {
  var status: HTTPResponse.Status { HTTPResponse.Status(code: Int(kind.code)) }

  func response(from request: Request, context: some Hummingbird.RequestContext) throws -> Response {
    Response(status: status)
  }
}
