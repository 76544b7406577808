import Foundation
import Testing
import Tocsin

@testable import Channels

/// What holds for every channel, whichever they are.
@Suite struct EveryChannelTests {
  private static let secret = "whsec_\(letters)"
  /// What every secret has in it.
  private static let letters = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
  private static let pagerDutyKey = letters

  private static let twilio = [
    "account_sid": "AC00112233445566778899aabbccddeeff", "auth_token": secret, "auth_token_previous": secret,
    "from": "+15550100000", "default_target": "+15550123456", "base_url": "http://127.0.0.1:1",
    "status_callback": "https://tocsin.example.com/in/sms/status",
  ]

  /// Settings of each channel that it takes, with a secret in every secret one.
  private static let good: [String: [String: String]] = [
    "pagerduty": ["routing_key": pagerDutyKey, "base_url": "http://127.0.0.1:1"],
    "slack": [
      "bot_token": "xoxb-\(letters)", "default_target": "#ops", "base_url": "http://127.0.0.1:1/api",
      "webhook_url": "http://127.0.0.1:1/services/\(secret)",
    ],
    "discord": ["webhook_url": "http://127.0.0.1:1/api/webhooks/1/\(letters)"],
    "sms": twilio, "whatsapp": twilio.merging(["content_sid": "HX00112233445566778899aabbccddeeff"]) { $1 },
    "email": [
      "url": "smtp://127.0.0.1:1", "username": "tocsin", "password": secret, "from": "a@example.com",
      "default_target": "b@example.com",
    ],
    "mqtt": ["url": "mqtt://127.0.0.1:1", "username": "tocsin", "password": secret],
    "dbus": ["bus": "tcp:host=127.0.0.1,port=1"],
    "webhook": ["url": "http://127.0.0.1:1/", "secret": secret, "secret_previous": secret],
  ]

  @Test func everyNameIsKnownToNotifyRules() {
    let names = Channels.all.map { $0.about.name }
    #expect(Set(names).count == names.count)
    #expect(Set(names).isSubset(of: NotifyRule.channelNames))
  }

  @Test func everySettingIsExplained() {
    for about in Channels.all.map({ $0.about }) {
      #expect(!about.summary.isEmpty && !about.target.isEmpty)
      #expect(Set(about.settings.map(\.key)).count == about.settings.count)
      for setting in about.settings {
        #expect(setting.key.wholeMatch(of: /[a-z][a-z_]*/) != nil)
        #expect(setting.hint.count > 10, "\(about.name) \(setting.key)")
      }
    }
  }

  @Test func everySettingIsDocumented() throws {
    let page = URL(filePath: #filePath).appending(path: "../../../docs/channels.md").standardizedFileURL
    let sections = try String(contentsOf: page, encoding: .utf8).components(separatedBy: "\n## ")
    for about in Channels.all.map({ $0.about }) {
      let section = try #require(sections.first { $0.hasPrefix("\(about.name)\n") }, "\(about.name)")
      for setting in about.settings {
        let row = section.split(separator: "\n").first { $0.hasPrefix("| `\(setting.key)` |") }
        #expect(row?.contains("secret") == setting.secret, "\(about.name) \(setting.key)")
        #expect(row?.contains("required") == setting.required || setting.key == "starttls")
      }
    }
  }

  @Test func everyChannelIsMadeOfItsSettingsAlone() {
    #expect(Channels.configured([:]).channels.isEmpty)
    #expect(Channels.configured(["email": [:]]).channels.isEmpty)
    let made = Channels.configured(Self.good)
    #expect(made.failures.isEmpty)
    #expect(made.channels.map { type(of: $0).about.name } == Channels.all.map { $0.about.name })
  }

  @Test func everyFaultIsNamedByItsWholeKey() {
    let made = Channels.configured([
      "email": ["url": "x", "from": "a@example.com"],
      "webhook": ["url": "x", "secret": "short", "default_target": "y"],
    ])
    #expect(made.channels.isEmpty)
    #expect(
      made.failures.map(\.field) == [
        "channels.email.url", "channels.webhook.url", "channels.webhook.default_target", "channels.webhook.secret",
      ])
  }

  @Test func noSecretIsEverShown() async throws {
    for channel in Channels.configured(Self.good).channels {
      let about = type(of: channel).about
      #expect(about.settings.contains { $0.secret } || about.name == "DBUS")
      var text = "\(channel) " + String(reflecting: channel)
      dump(channel, to: &text)
      text += await channel.probe() ?? ""
      let target = try #require(channel.defaultTarget)
      text += await channel.refusal(of: .sample(to: target))?.reason ?? ""
      #expect(!text.contains(Self.letters), "\(about.name)")
      #expect(text.contains("127.0.0.1"))
    }
  }

  @Test func aBadValueNeverShowsTheSecretsBesideIt() {
    for type in Channels.all {
      let good = Self.good[type.about.name.lowercased(), default: [:]]
      for setting in type.about.settings where !setting.secret && setting.key != "username" {
        let failure = #expect(throws: Failure.self, "\(setting.key)") {
          try type.init(settings: good.merging([setting.key: "\u{1}bad\n"]) { $1 })
        }
        #expect(failure?.field == setting.key)
        #expect(failure?.message.contains(Self.letters) == false)
        #expect(failure?.message.contains("\u{1}") == false)
      }
    }
  }

  @Test func noHostileTargetIsTaken() {
    for channel in Channels.configured(Self.good).channels {
      for target in ["", " ", "\r\n", "\u{0}", String(repeating: "x", count: 4000)] {
        #expect(channel.fault(inTarget: target) != nil)
      }
      #expect(channel.fault(inTarget: channel.defaultTarget ?? "") == nil)
    }
  }
}
