import Foundation
import Pages
import Tocsin

/// One channel, as its page shows it. Never the value of a setting.
struct ChannelCard {
  let about: ChannelInfo
  let channel: (any Channel)?
  let visit: Visit
  var waiting = 0
  var troubles: [DeliveryHealth.Trouble] = []
  var test: ChannelTest?
  var typedTarget: String?

  init(_ about: ChannelInfo, _ channel: (any Channel)?, _ visit: Visit) {
    (self.about, self.channel, self.visit) = (about, channel, visit)
  }

  var isConfigured: Bool { channel != nil }

  var values: Template.Values {
    let name = about.name.lowercased()
    var values: Template.Values = [
      "name": about.name, "key": name, "summary": about.summary, "targetHint": about.target, "facts": about.facts,
      "hasFacts": !about.facts.isEmpty,
      "settings": about.settings.map { setting($0, of: name) }, "snippet": snippet, "waiting": waiting,
      "isWaiting": waiting > 0, "troubles": troubles.map(trouble),
      "isDown": troubles.contains { $0.failingSince != nil },
      "isOpen": troubles.isEmpty, "isTested": test != nil,
      "typedTarget": typedTarget ?? "", "needsTarget": channel.map { $0.defaultTarget == nil } ?? false,
    ]
    if let channel, let target = channel.defaultTarget { values["defaultTarget"] = channel.shown(target) }
    if let test { values["test"] = outcome(test) }
    return values
  }

  private func setting(_ setting: ChannelSetting, of name: String) -> Template.Values {
    [
      "settingKey": setting.key, "hint": setting.hint, "isRequired": setting.required, "isSecret": setting.secret,
      "environment": "TOCSIN_CHANNELS_\(name.uppercased())_\(setting.key.uppercased())",
    ]
  }

  /// What goes into the configuration file, with what may be left out as comments.
  private var snippet: String {
    let first = about.settings.first?.key
    let hasRequired = about.settings.contains(where: \.required)
    let lines = about.settings.map { setting in
      let isNeeded = setting.required || (!hasRequired && setting.key == first)
      return "    \(isNeeded ? "" : "# ")\(setting.key): …"
    }
    return (["channels:", "  \(about.name.lowercased()):"] + lines).joined(separator: "\n")
  }

  private func trouble(_ trouble: DeliveryHealth.Trouble) -> Template.Values {
    var values: Template.Values = ["failures": trouble.failures]
    if !trouble.destination.isEmpty { values["destination"] = trouble.destination }
    values["isFailing"] = trouble.failingSince != nil
    if let since = trouble.failingSince { values["since"] = Stamp.age(since, now: visit.now) }
    if let until = trouble.pausedUntil { values["until"] = Stamp.at(until) }
    return values
  }

  private func outcome(_ test: ChannelTest) -> Template.Values {
    var values: Template.Values = [
      "isAccepted": test.isAccepted, "answer": test.answer, "testedBy": test.testedBy,
      "testedAt": Stamp.age(test.testedAt, now: visit.now),
    ]
    if let target = test.target { values["testTarget"] = target }
    return values
  }
}
