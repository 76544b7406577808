import Foundation
import TestSupport
import Tocsin

@testable import Channels

/// PagerDuty, Slack and Discord.
extension ChannelCase {
  private static let routingKey = "canaryhunter2canaryhunter2abcdef"

  static let pagerDuty = http(
    PagerDuty.self, proof: [202], settings: { ["routing_key": routingKey, "base_url": $0] },
    make: { try PagerDuty(settings: $0, timeOuts: $1) },
    answer: { request in
      let key = JSONValue(request.body)?["dedup_key"]?.string ?? ""
      return json(202, ["status": "success", "message": "Event processed", "dedup_key": .string(key)])
    },
    arrival: { request in
      guard request.method == "POST" else { return nil }
      let details = JSONValue(request.body)?["payload"]?["custom_details"]
      return Arrival(text: details?["message"]?.string ?? "")
    },
    fake: { use in try await FakePagerDuty(keys: routingKey).serve(use) })

  static let slackBot = http(
    Slack.self, proof: [200],
    settings: { base in
      [
        "bot_token": "xoxb-canary-hunter2", "default_target": "#ops", "base_url": "\(base)/api",
        "webhook_url": "\(base)/services/canary/hunter2",
      ]
    }, make: { try Slack(settings: $0, timeOuts: $1) },
    answer: { _ in json(200, ["ok": true, "channel": "C0000000OPS", "ts": "1503435956.000247"]) },
    arrival: slackArrival,
    fake: { use in try await FakeSlack().serve(use) }, known: ["bot_token": FakeSlack.token], variant: "bot")

  static let slackWebhook = http(
    Slack.self, proof: [200], settings: { ["webhook_url": "\($0)/services/canary/hunter2"] },
    make: { try Slack(settings: $0, timeOuts: $1) }, answer: { _ in .status(200, body: "ok") }, arrival: slackArrival,
    variant: "webhook")

  @Sendable private static func slackArrival(_ request: HTTPReceiver.Request) -> Arrival? {
    guard let body = JSONValue(request.body) else { return nil }
    let live = body.texts.flatMap { text in ["<!", "<@", "<#", "<http", "<U", "<C"].filter { text.contains($0) } }
    return Arrival(text: body.texts.joined(separator: "\n"), live: live)
  }

  static let discord = http(
    Discord.self, proof: [200], escapes: 2, settings: { ["webhook_url": "\($0)/api/webhooks/1/canary-hunter2"] },
    make: { try Discord(settings: $0, timeOuts: $1) },
    answer: { _ in json(200, ["id": "123456789012345678", "channel_id": "1"]) },
    arrival: { request in
      guard let body = JSONValue(request.body) else { return nil }
      let calls = body["allowed_mentions"]?["parse"] == .array([]) ? [] : ["allowed_mentions"]
      // Discord takes the backslash before a sign for the sign.
      let text = body.texts.joined(separator: "\n").replacing("\\", with: "")
      return Arrival(text: text, live: calls)
    })

  private static func json(_ status: Int, _ object: Metadata) -> HTTPReceiver.Answer {
    .status(status, headers: ["content-type": "application/json"], body: (try? JSON.encode(object)) ?? "")
  }
}

/// Twilio's two.
extension ChannelCase {
  static let sms = twilio(SMS.self) { try SMS(settings: $0, timeOuts: $1) }
  static let whatsApp = twilio(WhatsApp.self) { try WhatsApp(settings: $0, timeOuts: $1) }

  private static func twilio<C: Channel>(
    _ type: C.Type, _ make: @escaping @Sendable ([String: String], TimeOuts) throws -> C
  ) -> ChannelCase {
    http(
      type, proof: Set(200...299).subtracting([204]),  // 204 has no body, and so no sid.
      settings: { base in
        [
          "account_sid": FakeTwilio.account, "auth_token": "canary-hunter2", "auth_token_previous": "canary-hunter1",
          "from": "+15550100000", "default_target": "+15550123456", "base_url": base,
        ]
      }, make: make,
      answer: { _ in json(201, ["sid": "SM00112233445566778899aabbccddeeff", "status": "queued"]) },
      arrival: { request in
        guard let fields = Form.decoded(Array(request.body)) else { return nil }
        let body =
          fields.first { $0.name == Array("Body".utf8) }.map { String(decoding: $0.value, as: UTF8.self) } ?? ""
        let live = body.unicodeScalars.filter { $0 != "\n" && Unseen.contains($0) }.map { String($0) }
        return Arrival(text: body, live: live)
      },
      fake: { use in
        let twilio = FakeTwilio()
        try await HTTPReceiver.with(twilio.answer, use)
      }, known: ["auth_token": FakeTwilio.token])
  }
}
