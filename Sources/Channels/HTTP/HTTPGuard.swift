import Tocsin

/// Decides where a URL that was set by a user, and not by whoever runs Tocsin, may lead: to the public Internet, and to
/// what the operator has named. Else it could reach what trusts our own machine and network: its metadata service, its
/// databases, other people's pages.
struct HTTPGuard: Sendable {
  /// Host name and seconds that it may take → addresses, best first.
  typealias LookUp = @Sendable (String, Double) async -> [IPAddress]

  private let origins: Set<String>
  private let names: Set<String>
  private let networks: [IPNetwork]
  private let lookUp: LookUp

  /// - Parameters:
  ///   - urls: from the configuration: what has their scheme, host and port is trusted.
  ///   - list: host names, addresses and networks, separated by commas, that are trusted too.
  /// - Throws: ``Failure`` with code `invalid` that names the key `internal_hosts`.
  init(urls: [String], list: String?, lookUp: @escaping LookUp = NameLookup.addresses) throws {
    origins = Set(urls.compactMap { (try? HTTPTarget($0))?.origin })
    self.lookUp = lookUp
    let entries = list.map { $0.split(separator: ",", omittingEmptySubsequences: false) } ?? []
    (names, networks) = try entries.reduce(into: ([], [])) { read, entry in
      let text = entry.trimmingCharacters(in: .whitespaces)
      switch (IPNetwork(text), try? HTTPTarget("http://\(text)/")) {
      case (let network?, _): read.1.append(network)
      case (nil, let target?) where target.host == .name(text.lowercased()): read.0.insert(text.lowercased())
      default:
        throw Setting.invalid(
          "internal_hosts",
          "must be a list of host names, addresses and networks, such as hooks.lan, 192.168.1.7, 10.0.0.0/8; "
            + "this is none: \(printable(text))")
      }
    }
  }

  /// Says why `target` is never posted to, as far as that can be told without looking its host up; nil when it may be.
  func fault(in target: HTTPTarget) -> String? {
    guard !isTrusted(target) else { return nil }
    switch target.host {
    case .name(let name) where name == "localhost" || name.hasSuffix(".localhost"): return Self.refusal
    case .address(let address) where !isAllowed(address): return Self.refusal
    default: return nil
    }
  }

  /// The addresses that a post to `target` may connect to; nil when any is fine.
  ///
  /// - Parameter seconds: that looking its host up may take.
  func addresses(for target: HTTPTarget, within seconds: Double) async throws(SendFailure) -> [IPAddress]? {
    if let fault = fault(in: target) { throw .permanent("the target \(fault)") }
    guard !isTrusted(target), case .name(let name) = target.host else { return nil }
    let found = await lookUp(name, seconds)
    guard !found.isEmpty else { throw .retryable("\(name): its address cannot be looked up") }
    let allowed = found.filter(isAllowed)
    guard !allowed.isEmpty else { throw .permanent("the target \(Self.refusal)") }
    return allowed
  }

  private static let refusal =
    "is an internal address, which a rule may name only when channels.webhook.internal_hosts has it"

  private func isTrusted(_ target: HTTPTarget) -> Bool {
    if case .name(let name) = target.host, names.contains(name) { return true }
    return origins.contains(target.origin)
  }

  private func isAllowed(_ address: IPAddress) -> Bool {
    address.isPublic || networks.contains { $0.contains(address) }
  }
}
