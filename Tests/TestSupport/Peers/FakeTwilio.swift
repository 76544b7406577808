import Foundation
import Synchronization

/// Twilio as far as messages go, for an ``HTTPReceiver``: it refuses what Twilio refuses, with its codes
/// (https://www.twilio.com/docs/messaging/api/message-resource). What nobody may ask of Twilio is an unexpected request.
public final class FakeTwilio: Sendable {
  /// A message that it took.
  public struct Message: Sendable {
    public let sid: String
    /// The form fields of the request.
    public let fields: [String: String]
    public let created: Date
    /// `queued` at first.
    public var status: String
  }

  private struct State {
    var messages: [Message] = []
    var answers: [HTTPReceiver.Answer] = []
  }

  public static let account = "AC00112233445566778899aabbccddeeff"
  public static let token = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
  private static let root = "/2010-04-01/Accounts/\(account)"

  private let state = Mutex(State())

  public init() {}

  /// What it took, oldest first.
  public var messages: [Message] { state.withLock { $0.messages } }

  /// Answers the next requests this way, whatever they are.
  public func next(_ answers: HTTPReceiver.Answer...) { state.withLock { $0.answers += answers } }

  /// Gives a message another status.
  public func set(_ sid: String, _ status: String) {
    state.withLock { state in
      for index in state.messages.indices where state.messages[index].sid == sid {
        state.messages[index].status = status
      }
    }
  }

  public func answer(_ request: HTTPReceiver.Request) -> HTTPReceiver.Answer? {
    if let answer = state.withLock({ $0.answers.isEmpty ? nil : $0.answers.removeFirst() }) { return answer }
    let parts = request.uri.split(separator: "?", maxSplits: 1).map(String.init)
    let credentials = Data("\(Self.account):\(Self.token)".utf8).base64EncodedString()
    guard request.headers["authorization"] == "Basic \(credentials)" else { return Self.error(401, 20003) }
    switch (request.method, parts[0]) {
    case ("POST", Self.root + "/Messages.json"):
      guard request.headers["content-type"]?.hasPrefix("application/x-www-form-urlencoded") == true else { return nil }
      return take(Self.fields(String(decoding: request.body, as: UTF8.self)))
    case ("GET", Self.root + "/Messages.json"): return list(Self.fields(parts.count > 1 ? parts[1] : ""))
    case ("GET", Self.root + ".json"):
      return Self.json(200, ["sid": Self.account, "status": "active", "friendly_name": "Tests", "type": "Full"])
    default: return nil
    }
  }

  private func take(_ fields: [String: String]) -> HTTPReceiver.Answer? {
    let known = ["To", "From", "MessagingServiceSid", "Body", "ContentSid", "ContentVariables", "StatusCallback"]
    guard Set(fields.keys).isSubset(of: known) else { return nil }
    guard (fields["From"] == nil) != (fields["MessagingServiceSid"] == nil) else { return Self.error(400, 21603) }
    guard fields["To"]?.wholeMatch(of: /(whatsapp:)?\+[1-9][0-9]{7,14}/) != nil else { return Self.error(400, 21211) }
    if fields["To"]?.hasPrefix("whatsapp:") != fields["From"]?.hasPrefix("whatsapp:"), fields["From"] != nil {
      return Self.error(400, 21910)
    }
    if let callback = fields["StatusCallback"], URL(string: callback)?.host == nil { return Self.error(400, 21609) }
    if let variables = fields["ContentVariables"] {
      let values = (try? JSONSerialization.jsonObject(with: Data(variables.utf8))) as? [String: String]
      let isGood = values?.values.allSatisfy { !$0.isEmpty && $0.firstMatch(of: /[\n\t]| {5}/) == nil } ?? false
      guard isGood, fields["ContentSid"] != nil, fields["Body"] == nil else { return Self.error(400, 21656) }
    } else {
      guard let body = fields["Body"], !body.isEmpty else { return Self.error(400, 21619) }
      guard body.utf16.count <= 1600 else { return Self.error(400, 21617) }
    }
    return state.withLock { state in
      let sid = "SM" + UUID().uuidString.replacing("-", with: "").lowercased()
      let message = Message(sid: sid, fields: fields, created: Date(), status: "queued")
      state.messages.append(message)
      return Self.json(201, Self.record(message))
    }
  }

  private func list(_ query: [String: String]) -> HTTPReceiver.Answer? {
    guard Set(query.keys).isSubset(of: ["To", "From", "DateSent>", "PageSize", "Page", "PageToken"]) else { return nil }
    let size = query["PageSize"].flatMap { Int($0) } ?? 50
    let page = query["Page"].flatMap { Int($0) } ?? 0
    guard (1...1000).contains(size) else { return Self.error(400, 20001) }
    let all = messages.reversed().filter { message in
      (query["To"] == nil || message.fields["To"] == query["To"])
        && (query["DateSent>"].map { message.created.ISO8601Format() >= $0 } ?? true)
    }
    let shown = all.dropFirst(page * size).prefix(size)
    var kept = query
    (kept["Page"], kept["PageToken"]) = (String(page + 1), "PA" + (shown.last?.sid ?? ""))
    let next = kept.sorted { $0.key < $1.key }.map { "\(Self.escaped($0.key))=\(Self.escaped($0.value))" }
    let hasNext = all.count > (page + 1) * size
    return Self.json(
      200,
      [
        "messages": shown.map(Self.record), "page": page, "page_size": size, "start": page * size,
        "end": page * size + max(0, shown.count - 1), "uri": Self.root + "/Messages.json",
        "previous_page_uri": NSNull(),
        "first_page_uri": Self.root + "/Messages.json?Page=0",
        "next_page_uri": hasNext ? "\(Self.root)/Messages.json?\(next.joined(separator: "&"))" : NSNull(),
      ])
  }

  private static func record(_ message: Message) -> [String: Any] {
    let variables = message.fields["ContentVariables"].flatMap {
      (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: String]
    }
    let body = message.fields["Body"] ?? variables.map { "Alarm: \($0["1", default: ""]) (\($0["2", default: ""]))" }
    return [
      "sid": message.sid, "account_sid": account, "to": message.fields["To"] ?? "", "body": body ?? "",
      "from": message.fields["From"].map { $0 as Any } ?? NSNull(), "status": message.status,
      "direction": "outbound-api",
      "messaging_service_sid": message.fields["MessagingServiceSid"].map { $0 as Any } ?? NSNull(),
      "num_segments": message.fields["MessagingServiceSid"] == nil ? "1" : "0", "num_media": "0",
      "error_code": NSNull(), "error_message": NSNull(), "price": NSNull(), "price_unit": "USD",
      "api_version": "2010-04-01", "uri": "\(root)/Messages/\(message.sid).json",
      "subresource_uris": ["media": "\(root)/Messages/\(message.sid)/Media.json"], "date_sent": NSNull(),
      "date_created": "Sat, 21 Nov 2026 16:28:03 +0000", "date_updated": "Sat, 21 Nov 2026 16:28:03 +0000",
    ]
  }

  /// An error as Twilio gives it; its message repeats the token, which nobody may show.
  public static func error(_ status: Int, _ code: Int, headers: [String: String] = [:]) -> HTTPReceiver.Answer {
    json(
      status,
      [
        "code": code, "message": "canary-\(token)", "more_info": "https://www.twilio.com/docs/errors/\(code)",
        "status": status,
      ], headers: headers)
  }

  public static func json(_ status: Int, _ value: Any, headers: [String: String] = [:]) -> HTTPReceiver.Answer {
    let body = (try? JSONSerialization.data(withJSONObject: value)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    return .status(status, headers: headers.merging(["content-type": "application/json"]) { $1 }, body: body)
  }

  private static func fields(_ form: String) -> [String: String] {
    let pairs = form.split(separator: "&").map { pair in
      pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
        $0.replacing("+", with: " ").removingPercentEncoding ?? "not UTF-8"
      }
    }
    return Dictionary(pairs.map { ($0[0], $0.count > 1 ? $0[1] : "") }, uniquingKeysWith: { "\($0), \($1)" })
  }

  private static func escaped(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
  }
}
