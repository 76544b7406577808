import AsyncHTTPClient
import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Tocsin

/// A problem document (RFC 9457) as the server writes it.
private struct Problem: Decodable {
  let code: String
  let detail: String
  let pointer: String?
  let parameter: String?
  let allowed: [String]?
}

/// No word of Tocsin came back: whether it did anything is not known.
struct Unanswered: Error {
  let failure: Failure
}

extension TocsinClient {
  /// The very failure that the server met, or what came instead of an answer.
  func refusal(_ response: HTTPClientResponse, _ body: Data) -> any Error {
    if let problem = try? JSON.decode(Problem.self, from: body) {
      let field = problem.pointer.map { String($0.dropFirst()) } ?? problem.parameter
      let code = Failure.Code(rawValue: problem.code) ?? Self.code(of: response.status.code)
      return Failure(code, problem.detail, field: field, allowed: problem.allowed ?? [])
    }
    if let place = response.headers.first(name: "location"), (300..<400).contains(response.status.code) {
      return Failure(.invalid, "\(server) sends on to \(printable(place)); give that address")
    }
    let failure = Failure(
      Self.code(of: response.status.code),
      "\(server) answered with status \(response.status.code) and nothing that Tocsin says")
    return [502, 503, 504].contains(response.status.code) ? Unanswered(failure: failure) : failure
  }

  private static func code(of status: UInt) -> Failure.Code {
    switch status {
    case 401: .unauthenticated
    case 403: .forbidden
    case 404: .notFound
    case 409, 412: .conflict
    case 429: .tooMany
    case 400..<500: .invalid
    default: .unavailable
    }
  }
}

/// Why a server cannot be reached, for people.
func sentence(_ error: any Error) -> String {
  switch error {
  case let error as HTTPClientError where error == .deadlineExceeded || error == .connectTimeout:
    "it did not answer in time"
  case let error as HTTPClientError where error == .remoteConnectionClosed: "it closed the connection without an answer"
  case is NIOTooManyBytesError: "its answer is too large"
  case let error as IOError: String(cString: strerror(error.errnoCode))
  case let error as NIOConnectionError:
    (error.connectionErrors.first.map { sentence($0.error) }) ?? "there is no such name"
  case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
    "its certificate is not trusted, or it does not speak TLS (TOCSIN_CA_FILE names a certificate authority of your own)"
  default: "there was no answer (\(printable(String(describing: type(of: error)))))"
  }
}
