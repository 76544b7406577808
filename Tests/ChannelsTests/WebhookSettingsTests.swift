import Testing
import Tocsin

@testable import Channels

@Suite struct WebhookSettingsTests {
  @Test(arguments: [
    ("url", "ftp://example.com"), ("url", "example.com"), ("default_target", "https://"),
    ("secret", "too short hunter2"), ("secret", "whsec_hunter2"), ("secret", "whsec_aHVudGVyMg=="),
    ("secret", "whsec_" + String(repeating: "AAAA", count: 22)), ("ca_file", "/nonexistent/ca.pem"),
  ])
  func aBadValueIsRefusedByItsKey(key: String, value: String) {
    let failure = #expect(throws: Failure.self) { try Webhook(settings: [key: value]) }
    #expect(failure?.code == .invalid)
    #expect(failure?.field == key)
    #expect(failure?.message.contains("hunter2") == false)
  }

  @Test func theDefaultTargetGoesBeforeTheURL() throws {
    let (one, two) = ("https://one.example/", "https://two.example/")
    #expect(try Webhook(settings: ["url": one]).defaultTarget == one)
    #expect(try Webhook(settings: ["url": one, "default_target": two]).defaultTarget == two)
    #expect(try Webhook(settings: ["secret": "a plain text of enough bytes"]).defaultTarget == nil)
  }

  @Test func onlySchemeAndHostOfATargetAreShown() throws {
    let webhook = try Webhook(settings: [:])
    #expect(webhook.shown("https://chat.example:8443/hooks/hunter2?key=hunter2") == "https://chat.example:8443/…")
    #expect(!webhook.shown("hunter2 is no address").contains("hunter2"))
  }

  @Test func withoutADefaultTargetThereIsNothingToProbe() async throws {
    let fault = try await Webhook(settings: [:]).probe()
    #expect(fault == nil)
  }

  @Test(arguments: [
    "https://example.com", "http://127.0.0.1:8080/hook?a=b#c", "HTTPS://[::1]:8443/", "https://xn--bcher-kva.example/",
  ])
  func aURLIsATarget(url: String) throws {
    #expect(try Webhook(settings: ["internal_hosts": "127.0.0.1, ::1"]).fault(inTarget: url) == nil)
  }

  @Test(arguments: [
    "", "example.com/hook", "ftp://example.com", "file:///etc/passwd", "https://", "https:///hook",
    "https://a b.example",
    "https://user:hunter2@example.com", "https://user@example.com", "https://example.com/\r\nX-Evil: 1",
    "https://exämple.com", "https://example.com:0/", "https://example.com:99999/",
    "https://example.com/" + String(repeating: "a", count: 2048),
  ])
  func whatIsNoURLIsNoTarget(url: String) async throws {
    let webhook = try Webhook(settings: [:])
    let fault = try #require(webhook.fault(inTarget: url))
    #expect(!fault.contains("hunter2"))
    #expect(await webhook.refusal(of: .sample(to: url))?.isPermanent == true)
  }
}
