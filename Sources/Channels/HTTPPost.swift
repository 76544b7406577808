import AsyncHTTPClient
import Foundation
import Tocsin

/// One HTTP request to a vendor, and what its answer means. Redirects are not followed: they would carry the message and
/// its signature to somebody else. No reason ever repeats what the server said, or more of the URL than its host.
struct HTTPPost: Sendable {
  /// Checked by ``HTTPTarget``.
  let url: String
  var headers: [(name: String, value: String)] = []
  var body: [UInt8] = []
  var caFile: String?
  var timeOuts = TimeOuts()
  /// Bytes that are read of this answer's body; the rest is left unread.
  var longestAnswer = Self.longestAnswer

  /// What is read of an answer's body unless a request says otherwise.
  static let longestAnswer = 64 * 1024

  /// One client for the process, made at the first request. It lives as long as the process, so nobody shuts it down;
  /// its threads end with the process.
  private static let client: HTTPClient = {
    var configuration = HTTPClient.Configuration()
    configuration.redirectConfiguration = .disallow
    configuration.timeout.connect = .milliseconds(Int64(TimeOuts().connect * 1000))
    configuration.httpVersion = .http1Only
    // What cannot be reached is tried again by the outbox, which says so to people meanwhile.
    configuration.connectionPool.retryConnectionEstablishment = false
    return HTTPClient(eventLoopGroupProvider: .shared(HTTPClient.defaultEventLoopGroup), configuration: configuration)
  }()

  /// Posts, and returns the answer when its status is 2xx.
  func accepted() async throws(SendFailure) -> HTTPAnswer {
    let answer = try await answer()
    if let refusal = answer.refusal { throw refusal }
    return answer
  }

  /// Sends the request, and returns whatever HTTP answer there is.
  func answer(method: String = "POST") async throws(SendFailure) -> HTTPAnswer {
    var request = HTTPClientRequest(url: url)
    request.method = .init(rawValue: method)
    request.headers.add(name: "user-agent", value: "tocsin")
    for header in headers { request.headers.add(name: header.name, value: header.value) }
    if !body.isEmpty { request.body = .bytes(body) }
    request.tlsConfiguration = .makeClientConfiguration()
    // RFC 8996: older ones are not to be used.
    request.tlsConfiguration?.minimumTLSVersion = .tlsv12
    if let caFile { request.tlsConfiguration?.trustRoots = .file(caFile) }
    let deadline = ContinuousClock.now + .seconds(timeOuts.total)
    do {
      let response = try await Self.client.execute(request, timeout: .milliseconds(Int64(timeOuts.total * 1000)))
      return HTTPAnswer(
        status: Int(response.status.code),
        headers: Dictionary(
          response.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first }),
        body: await Self.read(response.body, longestAnswer, until: deadline))
    } catch {
      throw .retryable("\(HTTPTarget.host(url)): \(HTTPFault.text(error))")
    }
  }

  /// The body as far as it comes in time; the client's own time-out ends with the header. The status is the proof, so a
  /// body that breaks off does not undo it.
  private static func read(
    _ body: HTTPClientResponse.Body, _ longest: Int, until deadline: ContinuousClock.Instant
  ) async -> [UInt8] {
    let reader = Task {
      var bytes: [UInt8] = []
      do {
        for try await chunk in body {
          bytes += chunk.readableBytesView.prefix(longest - bytes.count)
          if bytes.count == longest { break }
        }
      } catch {}
      return bytes
    }
    let timer = Task {
      try await Task.sleep(until: deadline, clock: .continuous)
      reader.cancel()
    }
    defer { timer.cancel() }
    return await reader.value
  }
}
