import Foundation
import TestSupport
import Testing
import Tocsin

@testable import Channels

@Suite struct TwilioCallbackTests {
  private static let sid = "SM00112233445566778899aabbccddeeff"
  private static let delivered = [("MessageSid", sid), ("MessageStatus", "delivered"), ("To", "+15550123456")]

  private func sms(_ more: [String: String] = [:]) throws -> SMS {
    try SMS(settings: FakeTwilio.settings("http://x", ["status_callback": FakeTwilio.callback].merging(more) { $1 }))
  }

  @Test(arguments: [
    ("queued", nil), ("accepted", nil), ("scheduled", nil), ("sending", nil), ("sent", nil), ("receiving", nil),
    ("something_new", nil), ("delivered", DeliveryReport.Outcome.delivered), ("read", .read),
    ("undelivered", .failed(reason: "not delivered (undelivered): the phone is off or out of reach (error 30003)")),
    ("failed", .failed(reason: "not delivered (failed): the phone is off or out of reach (error 30003)")),
    ("canceled", .failed(reason: "not delivered (canceled): the phone is off or out of reach (error 30003)")),
  ])
  func aStatusIsAReportWhenItIsTheLast(status: String, outcome: DeliveryReport.Outcome?) throws {
    let fields = [("ErrorCode", "30003"), ("MessageSid", Self.sid), ("MessageStatus", status)]
    let report = try sms().report(twilioCallback(fields))
    #expect(report?.outcome == outcome)
    guard let report else { return }
    #expect(report.externalId == Self.sid)
    #expect(report.metadata == ["status": .string(status), "error_code": 30003])
  }

  /// 1,000 sets of parameters, URLs and tokens: what Twilio's library signs we accept, and it accepts what we sign.
  @Test func twiliosOwnLibraryAgreesOnEverySignature() throws {
    let random = SeededRandom(seed: 42)
    let cases = (0..<1000).map { _ in Self.randomCase(random) }
    let verdicts = try TwilioJudge.verdicts(cases)
    #expect(verdicts.count == 1000)
    for (made, verdict) in zip(cases, verdicts) {
      #expect(verdict.accepts, "\(made)")
      #expect(verdict.signature == made.signature)
      let channel = try sms(["status_callback": made.url, "auth_token": made.token])
      let report = try channel.report(
        VendorCallback(headers: ["x-twilio-signature": verdict.signature], body: Array(verdict.form)))
      #expect(report == DeliveryReport(externalId: Self.sid, outcome: .read, metadata: ["status": "read"]))
    }
  }

  private static func randomCase(_ random: SeededRandom) -> TwilioJudge.Case {
    let pieces = [
      "a", "B", "9", " ", "+", "&", "=", "%", "ä", "a\u{308}", "🔥", "\n", "/", "\u{0}", "日本", "\u{202E}", "_", "Z",
    ]
    func text() -> String { (0..<random.below(6)).map { _ in random.pick(pieces) }.joined() }
    var fields = [["MessageSid", sid], ["MessageStatus", "read"]]
    for _ in 0..<random.below(12) { fields.append([text(), text()]) }
    // Some names come several times, with the same value or another.
    if let copy = fields.dropFirst(2).first { fields.append([copy[0], random.pick([copy[1], text()])]) }
    let url = random.pick([
      "https://tocsin.example.com/in/sms/status", "https://tocsin.example.com/in/sms/status?a=1&b=%20x",
      "http://tocsin.example.com:8420/in/sms/status", "https://tocsin.example.com/?x",
      "https://tocsin.example.com:443/",
    ])
    let token = "token\(random.next())"
    let signature = TwilioSignature.text(
      url: url, fields: fields.map { Form.Field($0[0], $0[1]) }, token: Secret(token))
    return TwilioJudge.Case(token: token, url: url, fields: fields, signature: signature)
  }

  @Test func thePortMayBeSignedOrNot() throws {
    for (configured, signed) in [
      ("https://t.example/in?a=b", "https://t.example:443/in?a=b"), ("http://t.example/in", "http://t.example:80/in"),
      ("https://t.example:8443/in", "https://t.example/in"), ("https://t.example/in", "https://t.example/in"),
    ] {
      let channel = try sms(["status_callback": configured])
      #expect(try channel.report(twilioCallback(Self.delivered, url: signed))?.outcome == .delivered)
    }
  }

  @Test func whatIsNotSignedByTwilioIsNotBelieved() throws {
    let good = twilioCallback(Self.delivered)
    let signature = try #require(good.headers["x-twilio-signature"])
    #expect(try sms().report(good)?.outcome == .delivered)
    let other = twilioCallback(Self.delivered, token: "another-token").headers
    let elsewhere = ["/in/whatsapp/status", "/in/sms/status?x=1", "/in/sms/status/"].map {
      twilioCallback(Self.delivered, url: "https://tocsin.example.com" + $0).headers
    }
    let changed = Form.encoded(Self.delivered.map { ($0.0, $0.1 == "delivered" ? "failed" : $0.1) })
    let bad: [([String: String], [UInt8])] =
      [
        ([:], good.body), (["x-twilio-signature": ""], good.body), (other, good.body), (good.headers, changed),
        (good.headers, good.body + Array("&x=y".utf8)), (good.headers, Array(good.body.dropLast())), (good.headers, []),
        (["x-twilio-signature": "\(signature), \(signature)"], good.body),
        (["x-twilio-signature": String(signature.dropLast())], good.body),
        (["x-twilio-signature": signature + "="], good.body),
        (["x-twilio-signature": signature.lowercased()], good.body),
      ] + elsewhere.map { ($0, good.body) } + Self.tampered(signature).map { (["x-twilio-signature": $0], good.body) }
    for (headers, body) in bad {
      let failure = #expect(throws: Failure.self) { try sms().report(VendorCallback(headers: headers, body: body)) }
      #expect(failure?.code == .unauthenticated)
      #expect(failure?.message.contains(FakeTwilio.token) == false && failure?.message.contains(signature) == false)
    }
  }

  /// The signature with one character changed, at every place: also where base64 decodes to the same bytes.
  private static func tampered(_ signature: String) -> [String] {
    signature.indices.map { index in
      let other = signature[index] == "A" ? "B" : signature[index] == "=" ? "A" : "A"
      return signature.replacingCharacters(in: index...index, with: other)
    }
      + ["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"].flatMap { alphabet in
        alphabet.map { signature.dropLast(2) + String($0) + "=" }.filter { $0 != signature }
      }
  }

  @Test func theTokenBeforeIsTakenWhileItIsChanged() throws {
    let old = twilioCallback(Self.delivered, token: "the-old-token")
    #expect(throws: Failure.self) { try sms().report(old) }
    let rotating = try sms(["auth_token_previous": "the-old-token"])
    #expect(try rotating.report(old)?.outcome == .delivered)
    #expect(try rotating.report(twilioCallback(Self.delivered))?.outcome == .delivered)
    #expect(throws: Failure.self) { try rotating.report(twilioCallback(Self.delivered, token: "a-third")) }
  }

  @Test func whatCannotBeReadIsMalformed() throws {
    let headers = twilioCallback(Self.delivered).headers
    for body in [
      Array("a=%".utf8), Array("a=%4".utf8), Array("a=%zz".utf8), Array("%FF=x".utf8), Array("a=%C0%AF".utf8),
      [0x61, 0x3D, 0xFF], Array(repeating: 0x61, count: 64 * 1024 + 1),
    ] {
      let failure = #expect(throws: Failure.self) { try sms().report(VendorCallback(headers: headers, body: body)) }
      #expect(failure?.code == .malformed)
    }
    for fields in [
      [], [("MessageSid", Self.sid)], [("MessageStatus", "delivered")],
      [("MessageSid", "x"), ("MessageStatus", "read")],
      [("MessageSid", Self.sid), ("MessageStatus", "")],
      Self.delivered + [("MessageStatus", "failed")], Self.delivered + [("MessageSid", Self.sid)],
    ] {
      let failure = #expect(throws: Failure.self) { try sms().report(twilioCallback(fields)) }
      #expect(failure?.code == .malformed)
    }
  }

  @Test func aBodyOf64KiBIsStillRead() throws {
    let rest = 64 * 1024 - Form.encoded(Self.delivered + [("x", "")]).count
    let fields = Self.delivered + [("x", String(repeating: "y", count: rest))]
    #expect(Form.encoded(fields).count == 64 * 1024)
    #expect(try sms().report(twilioCallback(fields))?.outcome == .delivered)
  }

  @Test func withoutAStatusCallbackThereIsNoSuchAddress() throws {
    let channel = try SMS(settings: FakeTwilio.settings())
    let failure = #expect(throws: Failure.self) { try channel.report(twilioCallback(Self.delivered)) }
    #expect(failure?.code == .notFound && failure?.message.contains("channels.sms.status_callback") == true)
  }

  @Test func aSentMessageIsDeliveredWhenTwilioSaysSo() async throws {
    try await FakeTwilio.with(["status_callback": FakeTwilio.callback]) { twilio, _, settings in
      try await TestDatabase.sqlite.run(channels: [SMS(settings: settings)]) { bench in
        let guid = try await bench.incident().incidentGuid
        try await bench.incidents.setNotifyRule("R", name: "r", channels: "SMS:+15550123456")
        #expect(try await bench.incidents.notify(guid, notifyCode: "R").sent == 1)
        let taken = try #require(twilio.messages.first)
        #expect(taken.fields["Body"]?.hasPrefix("CRITICAL: Database down - DATABASE - CREATED [Ref: REF-") == true)
        for status in ["queued", "sent", "delivered"] {
          let fields = [("MessageSid", taken.sid), ("MessageStatus", status), ("AccountSid", FakeTwilio.account)]
          try await bench.incidents.take(twilioCallback(fields), from: "sms")
        }
        let message = try #require(try await bench.incidents.communications(of: guid).first)
        #expect(message.status == "DELIVERED" && message.externalId == taken.sid)
        #expect(message.metadata?["status"] == "delivered")
      }
    }
  }
}
