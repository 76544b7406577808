import Tocsin

/// Sends text messages by Twilio. Proof: Twilio's `sid` of the message.
public struct SMS: Channel {
  public static let about = ChannelInfo(
    name: "SMS", summary: "Sends text messages to phones, by Twilio or a gateway that speaks as it does.",
    target: "a phone number with + and its country code, such as +15550123456",
    settings: TwilioSettings.declared(
      from: "sender: a phone number, a short code, a name of at most 11 letters, or a messaging service (MG…)"),
    textLimit: Twilio.textLimit, abilities: [.deliveryReports, .bundles], afterUnclearAttempt: .lookUp)

  private let twilio: Twilio

  public init(settings: [String: String]) throws { try self.init(settings: settings, timeOuts: TimeOuts()) }

  /// With other time-outs, for tests.
  init(settings: [String: String], timeOuts: TimeOuts) throws {
    twilio = try TwilioSettings.account(
      settings, sender: TwilioSender(numberOrName: settings["from", default: ""]), prefix: "", timeOuts: timeOuts)
  }

  public var defaultTarget: String? { twilio.defaultTarget }

  public func fault(inTarget target: String) -> String? { Twilio.fault(inTarget: target) }

  public func fits(_ text: String) -> Bool { PageText.fits(text) }

  public func send(_ message: OutboundMessage) async throws(SendFailure) -> Receipt {
    let text = PageText.sms(message)
    let taken = try await twilio.post([("Body", text)], to: message.target)
    // Twilio's own count is 0 until a messaging service has picked a number.
    let segments = Int64(SMSSegments.count(text))
    return Receipt(externalId: taken.sid, metadata: taken.metadata.merging(["segments": .integer(segments)]) { $1 })
  }

  public func find(_ message: OutboundMessage) async throws(SendFailure) -> Receipt? {
    guard let found = try await twilio.find(ref: message.shortRef, to: message.target) else { return nil }
    return Receipt(externalId: found.sid, metadata: found.metadata)
  }

  public func report(_ callback: VendorCallback) throws -> DeliveryReport? {
    try twilio.report(callback, channel: Self.about.name)
  }

  public func probe() async -> String? { await twilio.probe() }
}
