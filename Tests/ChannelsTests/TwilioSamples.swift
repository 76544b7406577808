import Foundation
import TestSupport
import Tocsin

@testable import Channels

extension FakeTwilio {
  static let callback = "https://tocsin.example.com/in/sms/status"

  /// Runs `body` with a fake Twilio behind HTTP, and the settings of a channel that uses it.
  static func with(
    _ more: [String: String] = [:], _ body: (FakeTwilio, HTTPReceiver, [String: String]) async throws -> Void
  ) async throws {
    let twilio = FakeTwilio()
    try await HTTPReceiver.with(twilio.answer) { receiver in
      try await body(twilio, receiver, settings(receiver.url(""), more))
    }
  }

  static func settings(_ address: String = "http://127.0.0.1:1", _ more: [String: String] = [:]) -> [String: String] {
    ["account_sid": account, "auth_token": token, "from": "+15550100000", "base_url": address].merging(more) { $1 }
  }
}

extension OutboundMessage {
  /// What Tocsin writes when nobody made a template.
  static func standard(
    title: String = "Database pool exhausted", package: String = "DATABASE", url: String? = nil,
    ref: String = "REF-20261121-ABC"
  ) -> OutboundMessage {
    let text =
      "HIGH INCIDENT ALERT\n===================\n\(title)\nStatus: CREATED\nPackage: \(package)\n"
      + "Created: 2026-11-21T16:28:03.120Z\n[Ref: \(ref)]"
    var message = sample(to: "+15550123456", text: text, url: url)
    message.shortRef = ref
    message.incident = .sample(title: title, package: package)
    return message
  }
}

extension Form.Field {
  init(_ name: String, _ value: String) { self.init(name: Array(name.utf8), value: Array(value.utf8)) }
}

/// A callback as Twilio makes it.
func twilioCallback(
  _ fields: [(String, String)], url: String = FakeTwilio.callback, token: String = FakeTwilio.token
) -> VendorCallback {
  let signature = TwilioSignature.text(
    url: url, fields: fields.map { Form.Field($0.0, $0.1) }, token: Secret(token))
  return VendorCallback(headers: ["x-twilio-signature": signature], body: Form.encoded(fields))
}
