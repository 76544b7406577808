import Foundation
import Tocsin

/// Reads what stands under `channels.sms` and `channels.whatsapp`. No message repeats a secret.
enum TwilioSettings {
  /// The settings of both, with what `from` may be.
  static func declared(from: String, more: [ChannelSetting] = []) -> [ChannelSetting] {
    [
      ChannelSetting("account_sid", "the account: AC and 32 hexadecimal digits", required: true),
      ChannelSetting("auth_token", "the account's token; it also signs callbacks", required: true, secret: true),
      ChannelSetting(
        "auth_token_previous", "the token before it, still taken on callbacks while it is being changed", secret: true),
      ChannelSetting("from", from, required: true),
    ] + more + [
      ChannelSetting("default_target", "phone number of messages whose rule names none"),
      ChannelSetting("base_url", "address of Twilio or a gateway that speaks as it does; https://api.twilio.com"),
      ChannelSetting(
        "status_callback", "full public URL at which Twilio reports what became of a message; without it nobody asks"),
      ChannelSetting("ca_file", Setting.caFileHint),
    ]
  }

  static func account(
    _ settings: [String: String], sender: TwilioSender, prefix: String, timeOuts: TimeOuts
  ) throws -> Twilio {
    Twilio(
      accountSid: try accountSid(settings), authToken: try token(settings["auth_token", default: ""], "auth_token"),
      previousToken: try settings["auth_token_previous"].map { try token($0, "auth_token_previous") }, sender: sender,
      defaultTarget: try defaultTarget(settings),
      baseURL: try Setting.baseURL(settings, standard: "https://api.twilio.com"),
      statusCallback: try statusCallback(settings), prefix: prefix, caFile: try Setting.caFile(settings),
      timeOuts: timeOuts)
  }

  private static func accountSid(_ settings: [String: String]) throws -> String {
    let sid = settings["account_sid", default: ""]
    // Gateways such as SignalWire have a UUID here.
    guard sid.wholeMatch(of: /AC[0-9a-fA-F]{32}/) != nil || isUUID(sid) else {
      throw Setting.invalid("account_sid", "must be AC and 32 hexadecimal digits, or a gateway's UUID")
    }
    return sid
  }

  private static func token(_ text: String, _ key: String) throws -> Secret {
    guard !text.isEmpty, text.utf8.allSatisfy({ (33...126).contains($0) }) else {
      throw Setting.invalid(key, "must be letters, digits and signs without spaces")
    }
    return Secret(text)
  }

  private static func defaultTarget(_ settings: [String: String]) throws -> String? {
    guard let target = settings["default_target"] else { return nil }
    if let fault = Twilio.fault(inTarget: target) { throw Setting.invalid("default_target", fault) }
    return target
  }

  private static func statusCallback(_ settings: [String: String]) throws -> String? {
    guard let url = settings["status_callback"] else { return nil }
    if let fault = HTTPTarget.fault(url) { throw Setting.invalid("status_callback", fault) }
    guard !url.contains("#") else { throw Setting.invalid("status_callback", "must not have a part behind #") }
    return url
  }
}

/// Whether `text` is a UUID: what gateways have where Twilio has a sid.
func isUUID(_ text: String) -> Bool {
  text.wholeMatch(of: /[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}/) != nil
}
