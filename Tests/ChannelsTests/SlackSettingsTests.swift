import Testing
import Tocsin

@testable import Channels

@Suite struct SlackSettingsTests {
  private static let bot = ["bot_token": "xoxb-1234-5678-abc", "default_target": "#ops"]

  @Test(arguments: [
    ("bot_token", "hunter2"), ("bot_token", "xoxb-hunter2\r\nX-Evil: 1"), ("bot_token", "xoxb-"),
    ("default_target", "ops"), ("default_target", "#"), ("default_target", "#a b"), ("default_target", "<!channel>"),
    ("default_target", "#" + String(repeating: "x", count: 81)), ("default_target", "C"),
    ("webhook_url", "hunter2"), ("webhook_url", "https://user:hunter2@hooks.slack.com/"),
    ("signing_secret", "hunter2"), ("base_url", "slack.com/api"), ("base_url", "https://slack.com/api?x=hunter2"),
    ("ca_file", "/nonexistent"),
  ])
  func aBadValueIsRefusedByItsKey(key: String, value: String) {
    let failure = #expect(throws: Failure.self) { try Slack(settings: Self.bot.merging([key: value]) { $1 }) }
    #expect(failure?.code == .invalid && failure?.field == key)
    #expect(failure?.message.contains("hunter2") == false)
  }

  @Test func withoutABotAndItsChannelOrAWebhookThereIsNoSlack() {
    for settings in [
      ["default_target": "#ops"], ["bot_token": "xoxb-1234-5678-abc"],
      ["signing_secret": String(repeating: "a", count: 32)],
      ["bot_token": "xoxb-1234-5678-abc", "webhook_url": "https://hooks.slack.com/services/x"],
    ] {
      let failure = #expect(throws: Failure.self) { try Slack(settings: settings) }
      #expect(failure?.field == (settings["bot_token"] == nil ? "bot_token" : "default_target"))
    }
  }

  @Test(arguments: ["#ops", "#störung-1_a", "#運用", "C0123456789", "G0123456789", "D0123456789", "U0123456789"])
  func aChannelIsATarget(target: String) throws {
    #expect(try Slack(settings: Self.bot).fault(inTarget: target) == nil)
    #expect(try Slack(settings: ["webhook_url": "https://hooks.slack.com/x"]).fault(inTarget: target) == nil)
  }

  @Test func aBotHasNoTargetWithoutAName() throws {
    #expect(try Slack(settings: Self.bot).fault(inTarget: "webhook") != nil)
  }
}
