import Channels
import Server
import Tocsin

/// A key of the configuration, with a single value.
struct SettingsKey: Sendable {
  /// Dotted: `channels.email.url`.
  let name: String
  let hint: String

  /// `TOCSIN_CHANNELS_EMAIL_URL`.
  var variable: String { "TOCSIN_" + name.uppercased().replacing(".", with: "_") }
}

/// Every key there is. The channels' come from their own declarations.
enum SettingsKeys {
  static let general = [
    SettingsKey(
      name: "database",
      hint: "the SQLite file: sqlite:PATH, or a plain path; or mariadb://USER:PASSWORD@HOST:PORT[,HOST:PORT…]/NAME"),
    SettingsKey(
      name: "key_file",
      hint: "the file with the key to secrets in the database; made on demand, the same on all servers"),
    SettingsKey(name: "listen", hint: "address and port of `serve`, such as 127.0.0.1:8420"),
    SettingsKey(name: "public_url", hint: "where people reach this Tocsin, such as https://tocsin.example.com"),
    SettingsKey(name: "tls.certificate", hint: "PEM file with the certificate chain of `serve`"),
    SettingsKey(name: "tls.key", hint: "PEM file with the certificate's private key"),
    SettingsKey(
      name: "trusted_proxies",
      hint: "proxies whose X-Forwarded-For or Forwarded is believed, as a list of addresses such as 10.0.0.0/8"),
    SettingsKey(name: "reports.recipients", hint: "addresses that get every mailed report, as a list"),
  ]

  static let channels = Channels.all.flatMap { channel in
    channel.about.settings.map { setting in
      SettingsKey(
        name: "channels.\(channel.about.name.lowercased()).\(setting.key)", hint: setting.hint)
    }
  }

  static let oidc = OIDCSettings.hints.map { SettingsKey(name: "oidc.\($0.key)", hint: $0.hint) }

  static let grafana = GrafanaSignature.hints.map { SettingsKey(name: "intake.grafana.\($0.key)", hint: $0.hint) }

  static let all = general + grafana + oidc + channels

  /// What may stand where `key` stands: the keys of its section, or the sections.
  static func near(_ key: String) -> [String] {
    let parts = key.split(separator: ".").map(String.init)
    let section = parts.prefix(parts.first == "channels" ? 2 : 1).joined(separator: ".") + "."
    let own = all.map(\.name).filter { $0.hasPrefix(section) }
    if !own.isEmpty { return own }
    if parts.first == "channels" { return Channels.all.map { "channels.\($0.about.name.lowercased())" } }
    return general.map(\.name) + ["rules", "intake.…", "oidc.…", "channels.…"]
  }

  /// Variables that are no keys.
  static let otherVariables: Set = [
    "TOCSIN_CONFIG", "TOCSIN_SERVER", "TOCSIN_TOKEN", "TOCSIN_TOKEN_FILE", "TOCSIN_CA_FILE", "TOCSIN_COPY_FROM",
    "TOCSIN_COPY_FROM_FILE", "TOCSIN_COPY_TO", "TOCSIN_COPY_TO_FILE",
  ]
}
