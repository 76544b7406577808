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
  /// - Returns: the channels, and a failure for each one that could not be made: code `invalid`, its field the whole
  ///   key, such as `channels.email.url`.
  public static func configured(
    _ settings: [String: [String: String]]
  ) -> (channels: [any Channel], failures: [Failure]) {
    var channels: [any Channel] = []
    var failures: [Failure] = []
    for type in all {
      let name = type.about.name.lowercased()
      guard let values = settings[name], !values.isEmpty else { continue }
      do {
        channels.append(try type.init(settings: values))
      } catch {
        failures.append(Failure(error).inside("channels.\(name)"))
      }
    }
    return (channels, failures)
  }
}

extension Failure {
  /// The same failure with its field's full name.
  fileprivate func inside(_ section: String) -> Failure {
    Failure(code, message, field: [section, field].compactMap(\.self).joined(separator: "."), allowed: allowed)
  }
}
