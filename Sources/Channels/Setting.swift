import Foundation
import Tocsin

/// Checks that several channels need for their settings.
enum Setting {
  /// The hint of every `ca_file`.
  static let caFileHint =
    "file of PEM certificates to trust instead of the system's, for a server with a private CA"

  static func invalid(_ key: String, _ message: String, allowed: [String] = []) -> Failure {
    Failure(.invalid, "\(key) \(message)", field: key, allowed: allowed)
  }

  /// The path of a readable file of certificates, or nil when the setting is absent.
  static func caFile(_ settings: [String: String]) throws -> String? {
    guard let path = settings["ca_file"] else { return nil }
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw invalid("ca_file", "names a file that cannot be read: \(printable(path))")
    }
    guard text.contains("-----BEGIN CERTIFICATE-----") else {
      throw invalid("ca_file", "names a file without a PEM certificate: \(printable(path))")
    }
    return path
  }
}

/// `text` from a server, fit for a reason that people read: one line, no control characters, at most 200 characters.
func reason(_ text: String) -> String {
  var line = String.UnicodeScalarView()
  line.append(contentsOf: text.unicodeScalars.lazy.filter { $0.properties.generalCategory != .control }.prefix(200))
  return String(line)
}
