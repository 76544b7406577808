import Foundation
import Tocsin

extension Twilio {
  /// Bytes; a real callback has less than two thousand.
  private static let longestCallback = 64 * 1024

  /// What a status callback says (https://www.twilio.com/docs/messaging/guides/track-outbound-message-status). Nothing in
  /// it is believed before its signature is verified.
  ///
  /// - Throws: ``Failure`` as ``Channel/report(_:)`` says.
  func report(_ callback: VendorCallback, channel: String) throws -> DeliveryReport? {
    guard let statusCallback else {
      throw Failure(.notFound, "\(channel) takes no callbacks: set channels.\(channel.lowercased()).status_callback")
    }
    guard let signature = callback.headers["x-twilio-signature"] else {
      throw Failure(.unauthenticated, "the header X-Twilio-Signature is missing")
    }
    guard callback.body.count <= Self.longestCallback, let fields = Form.decoded(callback.body) else {
      throw Failure(.malformed, "the body is no form in UTF-8 of at most 64 KiB")
    }
    let tokens = [authToken] + (previousToken.map { [$0] } ?? [])
    guard TwilioSignature.isValid(signature, url: statusCallback, fields: fields, tokens: tokens) else {
      throw Failure(.unauthenticated, "the signature is not Twilio's for status_callback and this body")
    }
    return try report(fields)
  }

  private func report(_ fields: [Form.Field]) throws -> DeliveryReport? {
    guard let sid = try Self.value("MessageSid", fields), TwilioMessage.isSid(sid),
      let status = try Self.value("MessageStatus", fields)
    else { throw Failure(.malformed, "MessageSid or MessageStatus is missing or not one of Twilio's") }
    let code = try Self.value("ErrorCode", fields).flatMap { Int64($0) }.flatMap(TwilioError.code)
    guard let outcome = Self.outcome(status, code) else { return nil }
    var metadata: Metadata = ["status": .string(status)]
    if let code { metadata["error_code"] = .integer(Int64(code)) }
    return DeliveryReport(externalId: sid, outcome: outcome, metadata: metadata)
  }

  /// Nil for what comes before the end, and for words that are new.
  private static func outcome(_ status: String, _ code: Int?) -> DeliveryReport.Outcome? {
    switch status {
    case "delivered": .delivered
    case "read": .read
    case _ where TwilioMessage.lost.contains(status): .failed(reason: TwilioError.undelivered(status, code))
    default: nil
    }
  }

  /// The one value of a field; nil when it is missing or empty.
  private static func value(_ name: String, _ fields: [Form.Field]) throws -> String? {
    let values = fields.filter { $0.name == Array(name.utf8) }.map(\.value)
    guard values.count < 2 else { throw Failure(.malformed, "\(name) is there more than once") }
    return values.first.flatMap { $0.isEmpty ? nil : String(decoding: $0, as: UTF8.self) }
  }
}
