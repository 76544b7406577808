import Foundation
import Synchronization
import Tocsin

/// PagerDuty's Events API v2 as documented (https://developer.pagerduty.com/docs/send-alert-event): it refuses what
/// PagerDuty refuses and keeps alerts by routing key and dedup key.
public final class FakePagerDuty: Sendable {
  public enum Alert: String, Sendable { case triggered, acknowledged, resolved }

  private struct State {
    var alerts: [String: Alert] = [:]
    var events: [JSONValue] = []
    var opened = 0
  }

  private let keys: Set<String>
  private let state = Mutex(State())
  /// What it answers instead of what it would.
  public let script = Scripted()

  public init(keys: String...) { self.keys = Set(keys) }

  /// Runs it at the address that `body` gets.
  public func serve<Result>(_ body: (HTTPReceiver) async throws -> Result) async throws -> Result {
    try await HTTPReceiver.with({ self.answer($0) }, body)
  }

  /// Every event that was accepted, oldest first.
  public var events: [JSONValue] { state.withLock { $0.events } }
  public var actions: [String] { events.map { $0["event_action"]?.string ?? "" } }
  /// How often somebody was paged.
  public var opened: Int { state.withLock { $0.opened } }
  public func alert(_ dedupKey: String, key: String) -> Alert? { state.withLock { $0.alerts["\(key)/\(dedupKey)"] } }

  private func answer(_ request: HTTPReceiver.Request) -> HTTPReceiver.Answer? {
    guard request.uri == "/v2/enqueue" else { return nil }
    if request.method == "OPTIONS" { return .status(404) }
    guard request.method == "POST" else { return nil }
    if let answer = script.next() { return answer }
    if request.body.count > 512_000 { return .status(413) }
    guard request.headers["content-type"]?.hasPrefix("application/json") == true,
      let event = JSONValue(request.body), event.object != nil
    else { return Self.refusal(["Request body is not JSON"]) }
    let faults = faults(event)
    return faults.isEmpty ? accept(event) : Self.refusal(faults)
  }

  private func accept(_ event: JSONValue) -> HTTPReceiver.Answer {
    let dedupKey = event["dedup_key"]?.string ?? UUID().uuidString
    let id = "\(event["routing_key"]?.string ?? "")/\(dedupKey)"
    state.withLock { state in
      state.events.append(event)
      let isOpen = [.triggered, .acknowledged].contains(state.alerts[id])
      switch event["event_action"]?.string {
      case "trigger" where !isOpen:
        state.alerts[id] = .triggered
        state.opened += 1
      case "acknowledge" where isOpen: state.alerts[id] = .acknowledged
      case "resolve" where isOpen: state.alerts[id] = .resolved
      default: break
      }
    }
    let body = #"{"status":"success","message":"Event processed","dedup_key":"\#(dedupKey)"}"#
    return .status(202, headers: ["content-type": "application/json"], body: body)
  }

  private static func refusal(_ faults: [String]) -> HTTPReceiver.Answer {
    let body = try? JSON.encode(Refusal(errors: faults))
    return .status(400, headers: ["content-type": "application/json"], body: body ?? "")
  }

  private struct Refusal: Encodable {
    let status = "invalid event"
    let message = "Event object is invalid"
    let errors: [String]
  }

  private func faults(_ event: JSONValue) -> [String] {
    var faults: [String] = []
    func demand(_ isGood: Bool, _ fault: String) { if !isGood { faults.append(fault) } }
    let action = event["event_action"]?.string ?? ""
    let key = event["routing_key"]?.string ?? ""
    demand(key.count == 32, "Length of 'routing_key' is incorrect (should be 32 characters)")
    demand(keys.contains(key), "Invalid routing key")
    demand(["trigger", "acknowledge", "resolve"].contains(action), "'event_action' is invalid")
    demand((event["dedup_key"]?.string ?? (action == "trigger" ? "" : nil))?.count ?? 256 <= 255, "'dedup_key'")
    for name in event.object?.keys.sorted() ?? [] { demand(Self.names.contains(name), "'\(name)' is unknown") }
    for link in event["links"]?.array ?? [] { demand(link["href"]?.string?.isEmpty == false, "'href' is missing") }
    guard let payload = event["payload"] else {
      demand(action != "trigger", "'payload' is missing or blank")
      return faults
    }
    for name in ["summary", "source", "severity"] {
      demand(payload[name]?.string?.isEmpty == false, "'payload.\(name)' is missing or blank")
    }
    demand(payload["summary"]?.string?.utf16.count ?? 0 <= 1024, "'payload.summary' is too long")
    let severity = payload["severity"]?.string ?? ""
    demand(["critical", "error", "warning", "info"].contains(severity), "'payload.severity' is invalid")
    for name in payload.object?.keys.sorted() ?? [] {
      demand(Self.payloadNames.contains(name), "'payload.\(name)' is unknown")
    }
    if let details = payload["custom_details"] { demand(details.object != nil, "'payload.custom_details'") }
    return faults
  }

  private static let names: Set<String> = [
    "routing_key", "event_action", "dedup_key", "payload", "images", "links", "client", "client_url",
  ]
  private static let payloadNames: Set<String> = [
    "summary", "source", "severity", "timestamp", "component", "group", "class", "custom_details",
  ]
}
