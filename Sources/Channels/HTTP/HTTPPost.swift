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

  /// Posts, and returns the answer when its status is 2xx.
  ///
  /// - Parameter addresses: as in ``answer(method:addresses:)``.
  func accepted(addresses: [IPAddress]? = nil) async throws(SendFailure) -> HTTPAnswer {
    let answer = try await answer(addresses: addresses)
    if let refusal = answer.refusal { throw refusal }
    return answer
  }

  /// Sends the request once, and returns whatever HTTP answer there is.
  ///
  /// - Parameter addresses: of the URL's host, the only ones to connect to: each in turn until one takes the connection.
  ///   Nil to look the host up.
  func answer(
    method: String = "POST", addresses: [IPAddress]? = nil
  ) async throws(SendFailure) -> HTTPAnswer {
    let request = request(method)
    let deadline = ContinuousClock.now + .seconds(timeOuts.total)
    do {
      return try await answer(request, addresses?.map(\.text) ?? [nil], until: deadline)
    } catch {
      throw .retryable("\(HTTPTarget.host(url)): \(HTTPFault.text(error))")
    }
  }

  private func request(_ method: String) -> HTTPClientRequest {
    var request = HTTPClientRequest(url: url)
    request.method = .init(rawValue: method)
    request.headers.add(name: "user-agent", value: "tocsin")
    for header in headers { request.headers.add(name: header.name, value: header.value) }
    if !body.isEmpty { request.body = .bytes(body) }
    request.tlsConfiguration = .makeClientConfiguration()
    // RFC 8996: older ones are not to be used.
    request.tlsConfiguration?.minimumTLSVersion = .tlsv12
    if let caFile { request.tlsConfiguration?.trustRoots = .file(caFile) }
    return request
  }

  private func answer(
    _ request: HTTPClientRequest, _ addresses: [String?], until deadline: ContinuousClock.Instant
  ) async throws -> HTTPAnswer {
    var fault: any Error = HTTPClientError.connectTimeout
    for address in addresses {
      let pin = HTTPClients.Pin(host: HTTPTarget.host(url), address: address)
      do {
        return try await HTTPClients.shared.with(pin) { try await answer(request, $0, until: deadline) }
      } catch {
        fault = error
        guard HTTPFault.isBeforeConnection(error), ContinuousClock.now < deadline else { break }
      }
    }
    throw fault
  }

  /// A kept connection that the server has closed meanwhile is no fault of this request: as long as nothing of it can have
  /// arrived, it goes over another one. What may have arrived is never sent twice.
  private func answer(
    _ request: HTTPClientRequest, _ client: HTTPClient, until deadline: ContinuousClock.Instant
  ) async throws -> HTTPAnswer {
    var tries = 0
    while true {
      do {
        let left = max(.zero, ContinuousClock.now.duration(to: deadline))
        let response = try await client.execute(request, timeout: .milliseconds(Int64(left / .milliseconds(1))))
        return HTTPAnswer(
          status: Int(response.status.code),
          headers: Dictionary(
            response.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first }),
          body: await Self.read(response.body, longestAnswer, until: deadline))
      } catch  where HTTPFault.isClosedBeforeUse(error) && tries < 8 {
        tries += 1
      }
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
