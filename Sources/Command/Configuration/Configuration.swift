import Channels
import Foundation
import Server
import Tocsin

/// What an operator set, read once and checked as a whole.
struct Configuration: Sendable {
  var database: DatabasePlace
  var listen: ListenAddress
  var tls: (certificate: String, key: String)?
  /// Whose word about their clients `serve` takes.
  var trustedProxies: [AddressRange]
  /// Sign-in by an OpenID provider; nil for passwords only.
  var oidc: OIDCSettings?
  var settings: Incidents.Settings
  var channels: [any Channel]
  /// The file that was read, if any.
  var file: String?

  /// Reads file and environment.
  ///
  /// - Parameters:
  ///   - file: `--config`; else `TOCSIN_CONFIG`; else `tocsin/tocsin.yaml` in the user's configuration folder, if it exists.
  ///   - database: `--database`, which wins over everything.
  /// - Throws: ``Failure`` with code `invalid` that lists all faults, one a line.
  static func load(
    file: String?, database: String?, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> Configuration {
    let file = file ?? nonEmpty(environment["TOCSIN_CONFIG"]) ?? Paths.existingConfiguration(environment)
    var raw = RawSettings(file: file, environment: environment)
    if let database { raw.values["database"] = RawSettings.Value(text: database, place: "--database") }
    let configuration = raw.configuration(environment)
    guard raw.faults.isEmpty else {
      let count = raw.faults.count == 1 ? "a fault" : "\(raw.faults.count) faults"
      throw Failure(.invalid, "the configuration has \(count):\n  " + raw.faults.joined(separator: "\n  "))
    }
    return configuration
  }
}

/// Where `serve` listens.
struct ListenAddress: Sendable {
  static let standard = ListenAddress(host: "127.0.0.1", port: 8420)

  let host: String
  let port: Int

  /// Whether only this machine can reach it.
  var isLoopback: Bool { Loopback.contains(host) }

  /// Reads `HOST:PORT` or `[IPv6]:PORT`; port 0 takes a free one. Nil when it is neither.
  init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else { return nil }
    let host = text[..<colon].trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
    guard !host.isEmpty, !host.contains(where: \.isWhitespace) else { return nil }
    (self.host, self.port) = (host, Int(port))
  }

  private init(host: String, port: Int) { (self.host, self.port) = (host, port) }
}

/// Where files are kept unless somebody says otherwise (XDG base directory specification).
enum Paths {
  static func database(_ environment: [String: String]) -> String {
    folder("XDG_DATA_HOME", ".local/share", environment) + "/tocsin/tocsin.db"
  }

  /// The key to the secrets in a database on MariaDB.
  static func key(_ environment: [String: String]) -> String {
    folder("XDG_DATA_HOME", ".local/share", environment) + "/tocsin/tocsin.key"
  }

  static func existingConfiguration(_ environment: [String: String]) -> String? {
    let path = folder("XDG_CONFIG_HOME", ".config", environment) + "/tocsin/tocsin.yaml"
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }

  private static func folder(_ variable: String, _ standard: String, _ environment: [String: String]) -> String {
    nonEmpty(environment[variable]) ?? (nonEmpty(environment["HOME"]) ?? NSHomeDirectory()) + "/" + standard
  }
}
