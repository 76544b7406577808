import Channels
import Foundation
import Server
import Tocsin

/// From raw values to what they mean. Every fault is noted and the walk goes on, so that all are reported together.
extension RawSettings {
  mutating func configuration(_ environment: [String: String]) -> Configuration {
    var settings = Incidents.Settings()
    settings.publicURL = publicURL()
    settings.reportRecipients = recipients()
    settings.alertRules = alertRules()
    settings.jsonMappings = jsonMappings()
    settings.grafanaSignature = grafanaSignature()
    let database = database() ?? .sqlite(path: Paths.database(environment))
    settings.keyFile = values["key_file"]?.text
    // A file has its key beside it.
    if case .mariaDB = database { settings.keyFile = settings.keyFile ?? Paths.key(environment) }
    return Configuration(
      database: database, listen: listen() ?? .standard, tls: tls(),
      trustedProxies: trustedProxies(), oidc: oidc(settings.publicURL), settings: settings, channels: channels(),
      file: file)
  }

  private mutating func fault(_ key: String, _ problem: String) {
    faults.append("\(values[key]?.place ?? key): \(problem)")
  }

  private mutating func database() -> DatabasePlace? {
    guard let text = values["database"]?.text else { return nil }
    do {
      return try DatabasePlace(text)
    } catch {
      let message = Failure(error).message
      fault("database", message.hasPrefix("the database ") ? String(message.dropFirst(13)) : message)
      return nil
    }
  }

  private mutating func listen() -> ListenAddress? {
    guard let text = values["listen"]?.text else { return nil }
    if let address = ListenAddress(text) { return address }
    fault("listen", "\"\(printable(text))\" is no address; write HOST:PORT, such as 127.0.0.1:8420")
    return nil
  }

  private mutating func publicURL() -> String? {
    guard let text = values["public_url"]?.text else { return nil }
    // URLComponents would quietly percent-encode what must not be there at all.
    guard text.utf8.allSatisfy({ (33...126).contains($0) }), let url = URLComponents(string: text),
      ["http", "https"].contains(url.scheme),
      nonEmpty(url.host) != nil, url.port.map((1...65535).contains) ?? true
    else {
      // It is not repeated where it may hold a password.
      let shown = text.contains("@") ? "this" : "\"\(printable(text))\""
      fault("public_url", "\(shown) is no address; write http(s)://host[:port]")
      return nil
    }
    guard url.user == nil, url.password == nil, url.query == nil, url.fragment == nil else {
      fault("public_url", "takes no user, no password, no ? and no #; write http(s)://host[:port][/path]")
      return nil
    }
    return text.hasSuffix("/") ? String(text.dropLast()) : text
  }

  private mutating func tls() -> (certificate: String, key: String)? {
    let (certificate, key) = (values["tls.certificate"]?.text, values["tls.key"]?.text)
    switch (certificate, key) {
    case (nil, nil): return nil
    case (let certificate?, let key?):
      for (name, path) in [("tls.certificate", certificate), ("tls.key", key)]
      where !FileManager.default.isReadableFile(atPath: path) {
        fault(name, "the file \(path) cannot be read")
      }
      return (certificate, key)
    case (_?, nil): fault("tls.certificate", "tls.key is missing: both are needed")
    case (nil, _?): fault("tls.key", "tls.certificate is missing: both are needed")
    }
    return nil
  }

  /// With at least one value it is configured, and then needs all that it requires.
  private mutating func oidc(_ publicURL: String?) -> OIDCSettings? {
    let prefix = "oidc."
    let found = values.filter { $0.key.hasPrefix(prefix) }
    if found.isEmpty { return nil }
    let given = found.map { (String($0.key.dropFirst(prefix.count)), $0.value.text) }
    let (settings, failures) = OIDCSettings.read(
      Dictionary(uniqueKeysWithValues: given), publicURL: publicURL)
    for failure in failures { fault(failure.field ?? "oidc", failure.message) }
    return settings
  }

  private mutating func trustedProxies() -> [AddressRange] {
    list("trusted_proxies").compactMap { text in
      if let range = AddressRange(text) { return range }
      fault("trusted_proxies", "\"\(printable(text))\" is no IP address and no range; write 192.0.2.7 or 10.0.0.0/8")
      return nil
    }
  }

  /// A list, which the environment writes with commas.
  private func list(_ key: String) -> [String] {
    (values[key]?.text ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
  }

  private mutating func recipients() -> [String] {
    let addresses = list("reports.recipients")
    for address in addresses {
      if let problem = Email.fault(inAddress: address) {
        fault("reports.recipients", "\"\(printable(address))\" \(problem)")
      }
    }
    return addresses
  }

  /// A channel with at least one value is configured, and then needs all its required ones.
  private mutating func channels() -> [any Channel] {
    var given: [String: [String: String]] = [:]
    for type in Channels.all {
      let name = type.about.name.lowercased()
      let prefix = "channels.\(name)."
      let found = values.filter { $0.key.hasPrefix(prefix) }
      if found.isEmpty { continue }
      let missing = type.about.settings.filter { $0.required && found[prefix + $0.key] == nil }
      for setting in missing { faults.append("\(prefix)\(setting.key): is missing; it takes \(setting.hint)") }
      guard missing.isEmpty else { continue }
      given[name] = Dictionary(
        uniqueKeysWithValues: found.map { (String($0.key.dropFirst(prefix.count)), $0.value.text) })
    }
    let (channels, failures) = Channels.configured(given)
    for failure in failures { fault(failure.field ?? "channels", failure.message) }
    return channels
  }
}
