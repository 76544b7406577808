import Tocsin

extension RawSettings {
  /// With at least one value Grafana's signature is configured, and then needs the secret.
  mutating func grafanaSignature() -> GrafanaSignature? {
    let prefix = "intake.grafana."
    let found = values.filter { $0.key.hasPrefix(prefix) }
    if found.isEmpty { return nil }
    let given = found.map { (String($0.key.dropFirst(prefix.count)), $0.value.text) }
    let (settings, failures) = GrafanaSignature.read(Dictionary(uniqueKeysWithValues: given))
    for failure in failures {
      let key = prefix + (failure.field ?? "secret")
      faults.append("\(values[key]?.place ?? key): \(failure.message)")
    }
    return settings
  }
}
