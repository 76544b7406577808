import Crypto
import Foundation
import Tocsin

/// Verifies that a callback is Twilio's: `X-Twilio-Signature` is HMAC-SHA1, in base64, over the URL that was called and
/// every parameter, name and value, in the order of their names (https://www.twilio.com/docs/usage/security).
enum TwilioSignature {
  /// Whether `signature` was made with one of `tokens` for `url` and `fields`. Takes the same time whatever is wrong.
  static func isValid(_ signature: String, url: String, fields: [Form.Field], tokens: [Secret]) -> Bool {
    let given = Array(signature.utf8)
    var isValid = false
    for token in tokens {
      for url in variants(url) where isEqual(given, Array(text(url: url, fields: fields, token: token).utf8)) {
        isValid = true
      }
    }
    return isValid
  }

  /// The header's value.
  static func text(url: String, fields: [Form.Field], token: Secret) -> String {
    var code = HMAC<Insecure.SHA1>(key: SymmetricKey(data: Data(token.exposed.utf8)))
    code.update(data: Data(url.utf8))
    for field in ordered(fields) {
      code.update(data: field.name)
      code.update(data: field.value)
    }
    return Data(code.finalize()).base64EncodedString()
  }

  /// By name, then by value, as bytes; what stands there twice counts once.
  private static func ordered(_ fields: [Form.Field]) -> [Form.Field] {
    let sorted = fields.sorted { left, right in
      left.name == right.name
        ? left.value.lexicographicallyPrecedes(right.value) : left.name.lexicographicallyPrecedes(right.name)
    }
    return sorted.enumerated().filter { $0.offset == 0 || sorted[$0.offset - 1] != $0.element }.map(\.element)
  }

  /// Twilio is not consistent in whether it signs the port, so its own libraries try the URL with and without
  /// (twilio-python, request_validator.py).
  private static func variants(_ url: String) -> [String] {
    guard let match = url.wholeMatch(of: /(https?):\/\/([^\/?#\[\]:]+)(:[0-9]+)?(.*)/.ignoresCase()) else {
      return [url]
    }
    let (scheme, host, rest) = (match.1, match.2, match.4)
    let port = match.3.map(String.init) ?? (scheme.lowercased() == "https" ? ":443" : ":80")
    return Set([url, "\(scheme)://\(host)\(rest)", "\(scheme)://\(host)\(port)\(rest)"]).sorted()
  }

  /// In the same time wherever they differ.
  private static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
