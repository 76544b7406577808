import Foundation
import JWTKit
import Tocsin

/// What a provider says about somebody: the claims of an ID token, or of its UserInfo endpoint. JWTKit's own claim types
/// are not used, because its `AudienceClaim` ends the process on an empty list.
struct OIDCClaims: JWTPayload {
  private var values: [String: JSONValue]

  init(_ values: [String: JSONValue]) { self.values = values }

  init(from decoder: any Decoder) throws { values = try decoder.singleValueContainer().decode([String: JSONValue].self) }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(values)
  }

  /// Only the signature is checked while JWTKit reads them; see ``IDTokenRules``.
  func verify(using algorithm: some JWTAlgorithm) {}

  subscript(_ name: String) -> JSONValue? { values[name] }

  func text(_ name: String) -> String? { values[name]?.string }

  /// A text, or the texts of a list; anything else counts as none.
  func texts(_ name: String) -> [String] {
    switch values[name] {
    case .string(let text): [text]
    case .array(let items): items.compactMap(\.string)
    default: []
    }
  }

  /// Seconds since 1970 (RFC 7519, section 2).
  func time(_ name: String) -> Date? {
    switch values[name] {
    case .integer(let seconds): Date(timeIntervalSince1970: Double(seconds))
    case .number(let seconds): Date(timeIntervalSince1970: seconds)
    default: nil
    }
  }

  /// These, and of `others` what is not here.
  func completed(by others: OIDCClaims) -> OIDCClaims { OIDCClaims(values.merging(others.values) { own, _ in own }) }
}
