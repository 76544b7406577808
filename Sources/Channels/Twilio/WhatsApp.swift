import Foundation
import Tocsin

/// Sends WhatsApp messages by Twilio. Proof: Twilio's `sid` of the message.
///
/// Free text reaches a person only within 24 hours of their last message; a page needs an approved template
/// (https://www.twilio.com/docs/api/errors/63016).
public struct WhatsApp: Channel {
  public static let about = ChannelInfo(
    name: "WHATSAPP", summary: "Sends WhatsApp messages to phones, by Twilio or a gateway that speaks as it does.",
    target: "a phone number with + and its country code, such as +15550123456",
    settings: TwilioSettings.declared(
      from: "sender: a phone number that is registered with WhatsApp",
      more: [
        ChannelSetting(
          "content_sid",
          "approved template by which every message goes (HX and 32 hexadecimal digits), with {{1}} for the line that "
            + "decides and {{2}} for the reference; without it messages are free text")
      ]),
    textLimit: Twilio.textLimit, abilities: [.deliveryReports, .bundles], afterUnclearAttempt: .lookUp)

  private let twilio: Twilio
  private let contentSid: String?

  public init(settings: [String: String]) throws { try self.init(settings: settings, timeOuts: TimeOuts()) }

  /// With other time-outs, for tests.
  init(settings: [String: String], timeOuts: TimeOuts) throws {
    contentSid = settings["content_sid"]
    if let contentSid, contentSid.wholeMatch(of: /HX[0-9a-fA-F]{32}/) == nil {
      throw Setting.invalid("content_sid", "must be HX and 32 hexadecimal digits")
    }
    twilio = try TwilioSettings.account(
      settings, sender: TwilioSender(number: settings["from", default: ""]), prefix: "whatsapp:", timeOuts: timeOuts)
  }

  public var defaultTarget: String? { twilio.defaultTarget }

  public func fault(inTarget target: String) -> String? { Twilio.fault(inTarget: target) }

  public func fits(_ text: String) -> Bool {
    contentSid == nil ? PageText.fits(text) : PageText.fitsVariable(text)
  }

  public func send(_ message: OutboundMessage) async throws(SendFailure) -> Receipt {
    let taken = try await twilio.post(content(of: message), to: message.target)
    return Receipt(externalId: taken.sid, metadata: taken.metadata)
  }

  private func content(of message: OutboundMessage) throws(SendFailure) -> [(String, String)] {
    guard let contentSid else { return [("Body", PageText.whole(message))] }
    let values = ["1": PageText.variable(message), "2": message.shortRef]
    guard let json = try? JSON.encode(values) else { throw .permanent("the message cannot be written as JSON") }
    return [("ContentSid", contentSid), ("ContentVariables", json)]
  }

  /// Finds a message by its text; one that went by a template whose text has no {{2}} is not found, and goes again.
  public func find(_ message: OutboundMessage) async throws(SendFailure) -> Receipt? {
    guard let found = try await twilio.find(ref: message.shortRef, to: message.target) else { return nil }
    return Receipt(externalId: found.sid, metadata: found.metadata)
  }

  public func report(_ callback: VendorCallback) throws -> DeliveryReport? {
    try twilio.report(callback, channel: Self.about.name)
  }

  public func probe() async -> String? { await twilio.probe() }
}
