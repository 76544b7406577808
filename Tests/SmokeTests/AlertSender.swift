import AsyncHTTPClient
import Foundation
import NIOCore

/// Posts Alertmanager's webhooks, as Alertmanager does.
struct AlertSender: Sendable {
  /// A server that was killed is not waited for.
  private static let client: HTTPClient = {
    var configuration = HTTPClient.Configuration()
    configuration.connectionPool.retryConnectionEstablishment = false
    return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }()

  /// Such as `http://127.0.0.1:8420`.
  let server: String
  var token: String?
  /// Beside, or instead of, those that Alertmanager sends.
  var headers: [(name: String, value: String)] = []

  /// Sends one alert in a group of its own and returns the status of the answer.
  func send(_ fingerprint: String, status: String = "firing", severity: String = "critical") async throws -> UInt {
    try await post(
      """
      {"version": "4", "groupKey": "{}:{alertname=\\"\(fingerprint)\\"}", "status": "\(status)", "receiver": "tocsin",
       "alerts": [{"status": "\(status)", "labels": {"alertname": "\(fingerprint)", "severity": "\(severity)"},
                   "annotations": {"summary": "Alert \(fingerprint)"}, "startsAt": "2026-11-21T10:00:00Z",
                   "endsAt": "0001-01-01T00:00:00Z", "generatorURL": "", "fingerprint": "\(fingerprint)"}]}
      """)
  }

  /// Creates an incident by the API; needs a token.
  func create(_ title: String) async throws -> UInt {
    try await post(#"{"title": "\#(title)", "severity": "HIGH", "package": "P"}"#, to: "/api/v1/incidents")
  }

  func post(_ body: String, to path: String = "/in/alertmanager") async throws -> UInt {
    var request = HTTPClientRequest(url: server + path)
    request.method = .POST
    request.headers.add(name: "content-type", value: "application/json")
    if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
    for header in headers { request.headers.replaceOrAdd(name: header.name, value: header.value) }
    request.body = .bytes(ByteBuffer(string: body))
    let response = try await Self.client.execute(request, timeout: .seconds(30))
    _ = try await response.body.collect(upTo: 1 << 20)
    return response.status.code
  }
}
