import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import Tocsin

/// HTTP to the provider: no redirects, no compressed answers, bounded in time and size. What the provider says reaches no
/// error and no log, and neither does what was sent to it.
struct OIDCClient: Sendable {
  /// Bytes of an answer; more is refused.
  static let longestAnswer = 256 * 1024
  /// The one of this process; it ends with it.
  private static let client = {
    var configuration = HTTPClient.Configuration()
    configuration.redirectConfiguration = .disallow
    configuration.decompression = .disabled
    configuration.httpVersion = .http1Only
    configuration.timeout.connect = .seconds(5)
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.connectionPool.idleTimeout = .seconds(4)
    return HTTPClient(
      eventLoopGroupProvider: .shared(HTTPClient.defaultEventLoopGroup), configuration: configuration)
  }()

  let caFile: String?
  /// Seconds for one request with its answer.
  let patience: Double

  /// - Throws: ``Failure`` with code `unavailable` when there is no answer in time, ``OIDCRefusal`` for one that is too
  ///   large, no 200 or not what was expected.
  func get<Value: Decodable & Sendable>(_ type: Value.Type, _ url: String, bearer: Secret? = nil) async throws -> Value {
    var request = request(url)
    if let bearer { request.headers.add(name: "authorization", value: "Bearer \(bearer.exposed)") }
    return try await answer(type, request)
  }

  /// Posts a form.
  func post<Value: Decodable & Sendable>(
    _ type: Value.Type, _ url: String, _ form: [(String, String)], basic: (String, Secret)?
  ) async throws -> Value {
    var request = request(url)
    request.method = .POST
    request.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
    if let basic {
      // RFC 6749, section 2.3.1: both are form-encoded before they are put together.
      let pair = FormText.encoded(basic.0) + ":" + FormText.encoded(basic.1.exposed)
      request.headers.add(name: "authorization", value: "Basic " + Data(pair.utf8).base64EncodedString())
    }
    request.body = .bytes(ByteBuffer(string: FormText.encoded(form)))
    return try await answer(type, request)
  }

  private func request(_ url: String) -> HTTPClientRequest {
    var request = HTTPClientRequest(url: url)
    request.headers.add(name: "accept", value: "application/json")
    request.headers.add(name: "user-agent", value: "tocsin")
    request.tlsConfiguration = .makeClientConfiguration()
    // RFC 8996: older ones are not to be used.
    request.tlsConfiguration?.minimumTLSVersion = .tlsv12
    if let caFile { request.tlsConfiguration?.trustRoots = .file(caFile) }
    return request
  }

  private func answer<Value: Decodable & Sendable>(_ type: Value.Type, _ request: HTTPClientRequest) async throws -> Value {
    let (status, body) = try await exchange(request)
    guard status == 200 else {
      let isAway = status >= 500 || status == 429
      if isAway { throw Failure(.unavailable, "the sign-in provider has a fault of its own (\(status))") }
      throw OIDCRefusal("the sign-in provider refused what was asked of it (\(status))")
    }
    guard let value = try? JSONDecoder().decode(type, from: Data(body.readableBytesView)) else {
      throw OIDCRefusal("the sign-in provider gave an answer that makes no sense")
    }
    return value
  }

  private func exchange(_ request: HTTPClientRequest) async throws -> (status: Int, body: ByteBuffer) {
    let patience = patience
    do {
      return try await withThrowingTaskGroup { group in
        group.addTask {
          let response = try await Self.client.execute(request, timeout: .milliseconds(Int64(patience * 1000)))
          return (Int(response.status.code), try await response.body.collect(upTo: Self.longestAnswer))
        }
        group.addTask {
          try await Task.sleep(for: .seconds(patience))
          throw CancellationError()
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else { throw CancellationError() }
        return first
      }
    } catch is NIOTooManyBytesError {
      throw OIDCRefusal("the sign-in provider's answer is larger than \(Self.longestAnswer / 1024) KiB")
    } catch {
      throw Failure(.unavailable, "the sign-in provider cannot be reached, or does not answer in time")
    }
  }
}
