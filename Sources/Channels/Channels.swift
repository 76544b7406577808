import Tocsin

/// Every channel that Tocsin has. To add one: a file beside these, and its name in ``all``.
public enum Channels {
  /// In the order in which people see them.
  public static let all: [any Channel.Type] = [
    PagerDuty.self, Slack.self, Discord.self, SMS.self, WhatsApp.self, Email.self, MQTT.self, DBus.self, Webhook.self,
  ]

  /// Makes the channels that have settings; one without any is not made.
  ///
  /// - Parameter settings: by channel name in lower case (`email`), then by key of its ``ChannelInfo/settings``. That
  ///   names and keys are known and the required ones are there is the configuration's business.
  /// - Returns: the channels, and the failures of those that could not be made: code `invalid`, the field the whole key,
  ///   such as `channels.email.url`.
  public static func configured(
    _ settings: [String: [String: String]]
  ) -> (channels: [any Channel], failures: [Failure]) {
    var channels: [any Channel] = []
    var failures: [Failure] = []
    for type in all {
      let name = type.about.name.lowercased()
      guard let values = settings[name], !values.isEmpty else { continue }
      let (channel, faults) = made(type, values)
      if let channel { channels.append(channel) }
      failures += faults.map { $0.inside("channels.\(name)") }
    }
    return (channels, failures)
  }

  /// A channel names the first setting at fault. Without that one, if it may be missing, the next comes to light; but
  /// nothing that is only missing now.
  private static func made(
    _ type: any Channel.Type, _ settings: [String: String]
  ) -> (channel: (any Channel)?, faults: [Failure]) {
    do {
      return (try type.init(settings: settings), [])
    } catch {
      let failure = Failure(error)
      guard let key = type.about.settings.first(where: { $0.key == failure.field && !$0.required })?.key,
        settings[key] != nil
      else { return (nil, [failure]) }
      let others = made(type, settings.filter { $0.key != key }).faults
      return (nil, [failure] + others.filter { $0.field.map { $0 != key && settings[$0] != nil } ?? false })
    }
  }
}

extension Failure {
  /// The same failure with its field's full name.
  fileprivate func inside(_ section: String) -> Failure {
    Failure(code, message, field: [section, field].compactMap(\.self).joined(separator: "."), allowed: allowed)
  }
}
