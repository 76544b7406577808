import AsyncHTTPClient
import Foundation
import NIOCore
import Synchronization
import TestSupport

/// Senders that go on and on, and remember what was acknowledged.
final class Load: Sendable {
  private struct State {
    var acknowledged: Set<String> = []
    var answers: [UInt: Int] = [:]
    var withoutRetryAfter = 0
    var lastAcknowledged = ContinuousClock.now
    var longestGap = Duration.zero
  }

  private static let client: HTTPClient = {
    var configuration = HTTPClient.Configuration()
    configuration.connectionPool.retryConnectionEstablishment = false
    return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }()

  private let server: String
  private let token: String
  private let state = Mutex(State())
  private let isOver = Atomic(false)
  /// Begins the name of each alert.
  let prefix = "load-\(UUID().uuidString.prefix(8).lowercased())"

  init(_ server: String, token: String) {
    self.server = server
    self.token = token
  }

  /// Names of alerts that were answered with 200.
  var acknowledged: Set<String> { state.withLock { $0.acknowledged } }
  /// How often each status was answered; 0 stands for no answer.
  var answers: [UInt: Int] { state.withLock { $0.answers } }
  /// How many 503 did not say when to come back.
  var withoutRetryAfter: Int { state.withLock { $0.withoutRetryAfter } }

  /// The longest time without an acknowledged alert since the last call.
  func longestGap() -> Duration {
    state.withLock { state in
      defer { (state.longestGap, state.lastAcknowledged) = (.zero, .now) }
      return max(state.longestGap, ContinuousClock.now - state.lastAcknowledged)
    }
  }

  /// Sends while `body` runs: each of `senders` one alert after the other, `pause` apart.
  func run(senders: Int = 8, pause: Duration = .milliseconds(20), _ body: () async throws -> Void) async throws {
    isOver.store(false, ordering: .relaxed)
    let start = state.withLock { $0.answers.values.reduce(0, +) }
    let tasks = (0..<senders).map { sender in
      Task {
        for number in start... {
          await send("\(prefix)-\(sender)-\(number)")
          try? await Task.sleep(for: pause)
          if isOver.load(ordering: .relaxed) { return }
        }
      }
    }
    let result: Result<Void, any Error>
    do { result = .success(try await body()) } catch { result = .failure(error) }
    isOver.store(true, ordering: .relaxed)
    for task in tasks { await task.value }
    try result.get()
  }

  private func send(_ name: String) async {
    let status = (try? await post(name)) ?? 0
    state.withLock { state in
      state.answers[status, default: 0] += 1
      guard status == 200 else { return }
      state.acknowledged.insert(name)
      let now = ContinuousClock.now
      state.longestGap = max(state.longestGap, now - state.lastAcknowledged)
      state.lastAcknowledged = now
    }
  }

  private func post(_ name: String) async throws -> UInt {
    var request = HTTPClientRequest(url: server + "/in/alertmanager")
    request.method = .POST
    request.headers.add(name: "content-type", value: "application/json")
    request.headers.add(name: "authorization", value: "Bearer \(token)")
    request.body = .bytes(ByteBuffer(string: Self.delivery(name)))
    let response = try await Self.client.execute(request, timeout: .seconds(60))
    _ = try await response.body.collect(upTo: 1 << 20)
    if response.status == .serviceUnavailable, response.headers.first(name: "retry-after") == nil {
      state.withLock { $0.withoutRetryAfter += 1 }
    }
    return response.status.code
  }

  private static func delivery(_ name: String) -> String {
    """
    {"version": "4", "groupKey": "{}:{alertname=\\"\(name)\\"}", "status": "firing", "receiver": "tocsin",
     "alerts": [{"status": "firing", "labels": {"alertname": "\(name)", "severity": "critical"},
                 "annotations": {"summary": "Alert \(name)"}, "startsAt": "2026-11-21T10:00:00Z",
                 "endsAt": "0001-01-01T00:00:00Z", "generatorURL": "", "fingerprint": "\(name)"}]}
    """
  }
}
