import Crypto
import Foundation
import Tocsin

/// Opens, acknowledges and resolves alerts in PagerDuty by its Events API v2
/// (https://developer.pagerduty.com/docs/events-api-v2-overview). Proof: 202 with the status `success`.
public struct PagerDuty: Channel {
  public static let about = ChannelInfo(
    name: "PAGERDUTY", summary: "Opens an alert in PagerDuty, which follows the incident until it is resolved.",
    target: "the routing key of another service, 32 letters and digits",
    settings: [
      ChannelSetting(
        "routing_key", "integration key of a service, 32 letters and digits: the default target", required: true,
        secret: true),
      ChannelSetting("base_url", "address of the Events API; \(standardURL) by default"),
      ChannelSetting("ca_file", Setting.caFileHint),
    ],
    textLimit: TextLimit(PagerDutyEvent.longest, .bytes),
    // About 120 calls a minute and key (https://developer.pagerduty.com/docs/events-api-v2-rate-limits).
    rate: SendRate(burst: 10, oneEvery: 0.5),
    abilities: [.threads, .follows])

  private static let standardURL = "https://events.pagerduty.com"

  private let routingKey: Secret
  private let url: String
  private let caFile: String?
  private let timeOuts: TimeOuts

  public init(settings: [String: String]) throws { try self.init(settings: settings, timeOuts: TimeOuts()) }

  /// With other time-outs, for tests.
  init(settings: [String: String], timeOuts: TimeOuts) throws {
    let key = settings["routing_key"] ?? ""
    if let fault = Self.fault(inKey: key) { throw Setting.invalid("routing_key", fault) }
    routingKey = Secret(key)
    url = try Setting.baseURL(settings, standard: Self.standardURL) + "/v2/enqueue"
    caFile = try Setting.caFile(settings)
    self.timeOuts = timeOuts
  }

  public var defaultTarget: String? { routingKey.exposed }

  public var follows: Set<EventType> { [.statusChange, .incidentClosed, .incidentReopened, .incidentMerged] }

  public func fault(inTarget target: String) -> String? { Self.fault(inKey: target) }

  private static func fault(inKey key: String) -> String? {
    let isKey = key.utf8.count == 32 && key.wholeMatch(of: /[A-Za-z0-9]+/) != nil
    return isKey ? nil : "must be a routing key: 32 letters and digits"
  }

  /// The first four characters: whoever knows the key may page.
  public func shown(_ target: String) -> String { "\(target.prefix(4))…" }

  /// One for each key, because each has a limit of its own; its hash, because it is a secret.
  public func destination(of target: String) -> String {
    Data(SHA256.hash(data: Data(target.utf8)).prefix(12)).base64EncodedString()
  }

  public func send(_ message: OutboundMessage) async throws(SendFailure) -> Receipt {
    if let fault = fault(inTarget: message.target) { throw .permanent("the target \(fault)") }
    guard let action = PagerDutyEvent.Action(message) else { throw .permanent("PagerDuty takes no reports") }
    try await enqueue(PagerDutyEvent(message, action))
    if message.kind == .test { try await resolveTest(message) }
    return Receipt(externalId: PagerDutyEvent.dedupKey(of: message))
  }

  /// A test opens an alert of its own, which nobody should have to close.
  private func resolveTest(_ message: OutboundMessage) async throws(SendFailure) {
    do throws(SendFailure) {
      try await enqueue(PagerDutyEvent(message, .resolve))
    } catch {
      throw .permanent("the test's alert was opened, but not resolved; resolve it in PagerDuty: \(error.reason)")
    }
  }

  private func enqueue(_ event: PagerDutyEvent) async throws(SendFailure) {
    guard let body = event.fitted() else { throw .permanent("the event cannot be written within PagerDuty's limit") }
    let post = HTTPPost(
      url: url, headers: [("content-type", "application/json")], body: body, caFile: caFile, timeOuts: timeOuts)
    let answer = try await post.accepted()
    let result = answer.json(PagerDutyResult.self)
    guard answer.status == 202, result?.status == "success", result?.dedupKey ?? event.dedupKey == event.dedupKey else {
      throw .retryable("PagerDuty did not confirm the event (\(answer.status))")
    }
  }

  /// Asks for the address's options: any HTTP answer shows that it is there. Whether the key is good shows only an event.
  public func probe() async -> String? {
    do throws(SendFailure) {
      _ = try await HTTPPost(url: url, caFile: caFile, timeOuts: timeOuts).answer(method: "OPTIONS")
      return nil
    } catch {
      return error.reason
    }
  }
}

/// What PagerDuty says about an event that it accepted.
private struct PagerDutyResult: Decodable {
  let status: String
  let dedupKey: String?

  enum CodingKeys: String, CodingKey {
    case status
    case dedupKey = "dedup_key"
  }
}
