import AsyncHTTPClient
import Foundation
import NIOCore

/// Asks a server as any HTTP client can.
struct Scraper: Sendable {
  struct Answer {
    let status: Int
    let headers: [(String, String)]
    let text: String

    func json() throws -> [String: Any] {
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
    }
  }

  /// Such as `http://127.0.0.1:8420`.
  let server: String

  func get(_ path: String, _ headers: [(String, String)] = []) async throws -> Answer {
    var request = HTTPClientRequest(url: server + path)
    for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
    let body = try await response.body.collect(upTo: 1 << 24)
    return Answer(
      status: Int(response.status.code), headers: response.headers.map { ($0.name, $0.value) },
      text: String(buffer: body))
  }
}
