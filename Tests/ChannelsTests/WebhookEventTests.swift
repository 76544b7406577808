import Foundation
import TestSupport
import Testing
import Tocsin

@testable import Channels

@Suite struct WebhookEventTests {
  /// What the reference library says about a request: the body, when the signature holds.
  private func judge(_ request: HTTPReceiver.Request, secret: String) throws -> [String: JSONValue] {
    let input = try JSONSerialization.data(
      withJSONObject: ["secret": secret, "headers": request.headers, "body": request.body.base64EncodedString()])
    return try JSONDecoder().decode([String: JSONValue].self, from: PythonVenv.run("verify_webhook.py", input: input))
  }

  @Test(arguments: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "a plain text of enough bytes"])
  func theReferenceLibraryAcceptsTheSignature(secret: String) async throws {
    try await HTTPReceiver.with { _ in
      .status(200)
    } _: { receiver in
      let webhook = try Webhook(settings: ["secret": secret, "internal_hosts": "127.0.0.1"])
      let receipt = try await webhook.send(.sample(to: receiver.url()))
      let request = try #require(receiver.requests.first)
      #expect(request.method == "POST")
      #expect(request.headers["content-type"] == "application/cloudevents+json; charset=utf-8")
      #expect(request.headers["webhook-id"] == receipt.externalId)
      #expect(try judge(request, secret: secret)["id"]?.string == receipt.externalId)
      #expect(throws: PeerFault.self) { try judge(request, secret: "whsec_" + String(repeating: "AAAA", count: 8)) }
    }
  }

  @Test func theSpecificationsExampleGivesItsSignature() throws {
    // https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
    let signature = try #require(try WebhookSignature(["secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]))
    let header = signature.header(
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: Array(#"{"test": 2432232314}"#.utf8))
    #expect(header == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
  }

  @Test func whileAKeyIsChangedBothSign() async throws {
    let (new, old) = ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "a plain text of enough bytes")
    try await HTTPReceiver.with { _ in
      .status(200)
    } _: { receiver in
      let webhook = try Webhook(settings: ["url": receiver.url(), "secret": new, "secret_previous": old])
      _ = try await webhook.send(.sample(to: receiver.url()))
      let request = try #require(receiver.requests.first)
      for secret in [new, old] { #expect(try judge(request, secret: secret)["id"] != nil) }
      #expect(request.headers["webhook-signature"]?.split(separator: " ").count == 2)
    }
    let failure = #expect(throws: Failure.self) { try Webhook(settings: ["secret_previous": old]) }
    #expect(failure?.field == "secret_previous")
  }

  @Test func everyAttemptHasTheSameIdAndItsOwnTime() async throws {
    try await HTTPReceiver.with { _ in
      .status(500)
    } _: { receiver in
      let webhook = try Webhook(settings: ["url": receiver.url()])
      for _ in 0..<2 {
        _ = await webhook.refusal(of: .sample(to: receiver.url()))
        try await Task.sleep(for: .milliseconds(1100))
      }
      #expect(Set(receiver.requests.map { $0.headers["webhook-id"] }).count == 1)
      #expect(Set(receiver.requests.map { $0.headers["webhook-timestamp"] }).count == 2)
    }
  }

  @Test func withoutASecretNothingIsSigned() async throws {
    try await HTTPReceiver.with { _ in
      .status(200)
    } _: { receiver in
      _ = try await Webhook(settings: ["url": receiver.url()]).send(.sample(to: receiver.url()))
      #expect(receiver.requests.map { $0.headers["webhook-signature"] } == [nil])
      #expect(receiver.requests.first?.headers["webhook-id"] == "019aa8c1-0000-7000-8000-0000000000ff")
    }
  }

  @Test(arguments: [OutboundMessage.Kind.notification, .report, .test])
  func theEventHasEveryAttribute(kind: OutboundMessage.Kind) throws {
    let event = WebhookEvent(.sample(to: "https://a.example"), at: Date(timeIntervalSince1970: 1_795_000_000))
    let json = try JSONDecoder().decode([String: JSONValue].self, from: Data(event.json))
    #expect(json["specversion"] == "1.0")
    #expect(json["source"] == "https://tocsin.example.com:8420")
    #expect(json["type"] == "tocsin.notification")
    #expect(json["subject"] == "019aa8c1-0000-7000-8000-000000000001")
    #expect(json["datacontenttype"] == "application/json")
    #expect(json["time"]?.string == "2026-11-18T11:06:40.000Z")
    let other = WebhookEvent(.sample(to: "https://a.example", kind, url: nil), at: Date())
    #expect(other.source == "tocsin")
    #expect(other.type == "tocsin.\(kind.rawValue.lowercased())")
  }

  @Test func theDataHoldsTheMessageAndEveryColumn() throws {
    let event = WebhookEvent(.sample(to: "https://a.example", url: nil), at: Date())
    let json = try JSONDecoder().decode([String: JSONValue].self, from: Data(event.json))
    guard case .object(let data) = json["data"], case .object(let incident) = data["incident"] else {
      Issue.record("no data.incident")
      return
    }
    #expect(data["kind"] == "NOTIFICATION")
    #expect(data["event"] == .null)
    #expect(data["short_ref"] == "REF-20261121-ABC")
    #expect(data["incident_url"] == .null)
    #expect(incident["incident_guid"] == json["subject"])
    #expect(incident["closed_at"] == .null)
    #expect(incident.count == 18)
  }

  @Test func anUpdateSaysWhatChanged() throws {
    var message = OutboundMessage.sample(to: "https://a.example", .update)
    message.event = .statusChange
    let json = try JSONDecoder().decode([String: JSONValue].self, from: Data(WebhookEvent(message, at: Date()).json))
    #expect(json["type"] == "tocsin.update")
    guard case .object(let data) = json["data"] else { return #expect(Bool(false)) }
    #expect(data["event"] == "STATUS_CHANGE")
  }

  @Test func hostileTextSurvives() async throws {
    let texts = hostileTexts + [longLine]
    try await HTTPReceiver.with { _ in
      .status(200)
    } _: { receiver in
      let webhook = try Webhook(settings: ["url": receiver.url()])
      for text in texts { _ = try await webhook.send(.sample(to: receiver.url(), text: text)) }
      let messages = try receiver.requests.map { request in
        let json = try JSONDecoder().decode([String: JSONValue].self, from: request.body)
        guard case .object(let data) = json["data"] else { return "" }
        return data["message"]?.string ?? ""
      }
      #expect(messages.map { Array($0.utf8) } == texts.map { Array($0.utf8) })
    }
  }
}
