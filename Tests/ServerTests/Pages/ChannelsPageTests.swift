import TestSupport
import Testing
import Tocsin

@testable import Server

@Suite struct ChannelsPageTests {
  @Test func `A test shows the provider's own answer, and says who made it`() async throws {
    let vendor = FakeVendor()
    try await TestDatabase.sqlite.run(channels: [FakeChannel<EmailName>(vendor)]) { bench in
      try await bench.user("root", .admin)
      var browser = Browser()
      let csrf = try await bench.signIn("root", &browser)
      let sent = try await bench.post(
        "/channels/email/test", [("csrf_token", csrf), ("target", "dba@example.com")], by: &browser)
      #expect(sent.status == 303 && sent.headers[.location] == "/channels?said=channel_tested#channel-email")
      #expect(vendor.received.map(\.target) == ["dba@example.com"] && vendor.received[0].kind == .test)
      let page = try await bench.send(.get, "/channels?said=channel_tested", by: &browser)
      #expect(page.text.contains("<q lang=\"en\">vendor-1</q>") && page.text.contains("<code>dba@example.com</code>"))
      let messages = try await bench.integer("SELECT count(*) FROM data_incident_communication")
      #expect(messages == 0)
    }
  }

  @Test(arguments: [
    (FakeAnswer.refuse("no such user <b>"), 422, "no such user &lt;b&gt;"),
    (.refuseForNow("421 busy"), 503, "421 busy"),
  ])
  func `A refusal is shown in the provider's words, and what was typed stays`(
    _ answer: FakeAnswer, _ status: Int, _ words: String
  ) async throws {
    try await TestDatabase.sqlite.run(channels: [FakeChannel<EmailName>(FakeVendor(answer))]) { bench in
      try await bench.user("root", .admin)
      var browser = Browser()
      let csrf = try await bench.signIn("root", &browser)
      let page = try await bench.post(
        "/channels/EMAIL/test", [("csrf_token", csrf), ("target", "typed@example.com")], by: &browser)
      #expect(page.status == status && page.text.contains(words) && page.text.contains("value=\"typed@example.com\""))
      let kept = try #require(try await bench.incidents.channelTests()["EMAIL"])
      #expect(!kept.isAccepted && kept.testedBy == "root")
    }
  }

  @Test(arguments: ["slack", "nonsense", "%00"])
  func `A channel that is not set up is not found`(_ name: String) async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.user("root", .admin)
      var browser = Browser()
      let csrf = try await bench.signIn("root", &browser)
      let page = try await bench.post("/channels/\(name)/test", [("csrf_token", csrf)], by: &browser)
      #expect([404, 422].contains(page.status) && page.text.contains("class=\"problem\""))
      #expect(try await bench.incidents.channelTests().isEmpty)
    }
  }

  /// Failure: anybody who may look can send to any address.
  @Test(arguments: [Role.viewer, .responder])
  func `Only admins send tests`(_ role: Role) async throws {
    let vendor = FakeVendor()
    try await TestDatabase.sqlite.run(channels: [FakeChannel<EmailName>(vendor)]) { bench in
      try await bench.user("eve", role)
      var browser = Browser()
      let csrf = try await bench.signIn("eve", &browser)
      let page = try await bench.send(.get, "/channels", by: &browser)
      #expect(page.status == 200 && !page.text.contains("/test\""))
      let sent = try await bench.post("/channels/email/test", [("csrf_token", csrf)], by: &browser)
      #expect(sent.status == 403 && vendor.received.isEmpty)
    }
  }

  @Test func `Every channel that is not set up says how, with keys and variables`() async throws {
    try await TestDatabase.sqlite.run { bench in
      try await bench.user("eve", .viewer)
      var browser = Browser()
      try await bench.signIn("eve", &browser)
      let page = try await bench.send(.get, "/channels", by: &browser)
      for name in NotifyRule.channelNames { #expect(page.text.contains("id=\"channel-\(name.lowercased())\"")) }
      #expect(page.text.contains("TOCSIN_CHANNELS_SLACK_WEBHOOK_URL"))
      #expect(page.text.contains("channels:\n  webhook:\n    url: …"))
    }
  }

  @Test func `Messages that did not arrive are listed with the reason`() async throws {
    let vendor = FakeVendor(.refuse("mailbox full"))
    try await TestDatabase.sqlite.run(channels: [FakeChannel<EmailName>(vendor)]) { bench in
      try await bench.user("eve", .viewer)
      try await bench.incidents.setNotifyRule("ALL", name: "All", channels: "EMAIL")
      let incident = try await bench.incident()
      _ = try await bench.incidents.notify(incident.incidentGuid, notifyCode: "ALL", by: "ada", patience: 2)
      var browser = Browser()
      try await bench.signIn("eve", &browser)
      let page = try await bench.send(.get, "/channels", by: &browser)
      #expect(page.text.contains("mailbox full") && page.text.contains("/incidents/\(incident.incidentGuid)"))
    }
  }
}
