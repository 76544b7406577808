import Foundation
import Synchronization
import TestSupport

/// Webhook receivers, each a destination of its own, that keep what they accepted in the order in which it came.
final class Receivers: Sendable {
  struct Arrival: Sendable {
    let receiver: Int
    let id: String
    let ref: String
    let incident: String
    let title: String
    /// The number at the start of the message's text, if there is one.
    let number: Int
  }

  private let ports = Collected<Int>()
  private let arrivals = Collected<Arrival>()
  private let requestCount = Counter()

  /// What was accepted.
  var arrived: [Arrival] { arrivals.all }
  /// Requests in all, accepted or not.
  var requests: Int { requestCount.count }

  /// The address of the nth receiver; they repeat.
  func url(_ number: Int) -> String {
    let ports = ports.all
    return "http://127.0.0.1:\(ports[number % ports.count])/hook"
  }

  /// Starts `count` receivers that answer with `status`, and ends them with `body`.
  static func with(
    _ count: Int, status: @escaping @Sendable () -> Int = { 200 }, _ body: (Receivers) async throws -> Void
  ) async throws {
    let receivers = Receivers()
    try await receivers.start(count, status, body)
  }

  /// Starts one at `port`, and ends it with `body`.
  static func with(at port: Int, _ body: (Receivers) async throws -> Void) async throws {
    let receivers = Receivers()
    try await receivers.start(1, at: port, { 200 }, body)
  }

  private func start(
    _ count: Int, at port: Int = 0, _ status: @escaping @Sendable () -> Int, _ body: (Receivers) async throws -> Void
  ) async throws {
    if count == 0 { return try await body(self) }
    try await HTTPReceiver.with(at: port, sendersMayDie: true) { [self] request in
      requestCount.increment()
      let answer = status()
      if answer == 200 { arrivals.add(Self.arrival(request, at: count)) }
      return .status(answer)
    } _: { receiver in
      ports.add(receiver.port)
      try await start(count - 1, status, body)
    }
  }

  private static func arrival(_ request: HTTPReceiver.Request, at receiver: Int) -> Arrival {
    let event = (try? JSONSerialization.jsonObject(with: request.body)) as? [String: Any] ?? [:]
    let data = event["data"] as? [String: Any] ?? [:]
    let incident = data["incident"] as? [String: Any] ?? [:]
    let text = data["message"] as? String ?? ""
    return Arrival(
      receiver: receiver, id: event["id"] as? String ?? "", ref: data["short_ref"] as? String ?? "",
      incident: incident["incident_guid"] as? String ?? "", title: incident["title"] as? String ?? "",
      number: Int(text.prefix { $0.isNumber }) ?? 0)
  }
}
