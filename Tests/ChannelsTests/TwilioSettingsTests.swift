import TestSupport
import Testing
import Tocsin

@testable import Channels

@Suite struct TwilioSettingsTests {
  @Test(arguments: [
    ("account_sid", "AC123"), ("account_sid", "../x"), ("account_sid", "SM00112233445566778899aabbccddeeff"),
    ("auth_token", ""), ("auth_token", "two words"), ("auth_token_previous", "line\nbreak"), ("from", ""),
    ("from", "1234567890"), ("from", "Twelve chars"), ("from", "Exämple"), ("from", "MG0011223344"),
    ("default_target", "12"),
    ("base_url", "ftp://x"), ("base_url", "https://x.example/?a=b"), ("base_url", "https://u:p@x.example"),
    ("status_callback", "x.example/in"), ("status_callback", "https://x.example/#a"), ("ca_file", "/nonexistent"),
  ])
  func aBadValueIsRefusedByItsKey(key: String, value: String) {
    let failure = #expect(throws: Failure.self) { try SMS(settings: FakeTwilio.settings("http://x", [key: value])) }
    #expect(failure?.code == .invalid && failure?.field == key)
    #expect(failure?.message.contains(FakeTwilio.token) == false)
  }

  @Test(arguments: ["HX12", "MG00112233445566778899aabbccddeeff", ""])
  func aBadTemplateIsRefused(sid: String) {
    let failure = #expect(throws: Failure.self) {
      try WhatsApp(settings: FakeTwilio.settings("http://x", ["content_sid": sid]))
    }
    #expect(failure?.field == "content_sid")
  }

  @Test func theAddressIsTwiliosUnlessAnotherIsSet() async throws {
    var settings = FakeTwilio.settings()
    settings["base_url"] = nil
    let twilio = try TwilioSettings.account(
      settings, sender: .from("+15550100000"), prefix: "", timeOuts: TimeOuts())
    #expect(twilio.accountURL(".json") == "https://api.twilio.com/2010-04-01/Accounts/\(FakeTwilio.account).json")
    settings["base_url"] = "https://space.signalwire.com/api/laml/"
    let gateway = try TwilioSettings.account(
      settings, sender: .from("+15550100000"), prefix: "", timeOuts: TimeOuts())
    #expect(gateway.accountURL("").hasPrefix("https://space.signalwire.com/api/laml/2010-04-01/Accounts/AC"))
  }
}
