import Crypto
import Foundation

/// How Grafana signs what it sends, once somebody has given it a secret: HMAC-SHA256 in hex over the body, or over
/// `timestamp:body` when it sends a timestamp (grafana/grafana docs, webhook-notifier.md).
public struct GrafanaSignature: Sendable {
  /// Seconds that a signature with a timestamp is good for; clocks may differ by as much.
  static let longestAge = 300.0

  private let secret: Secret
  public let header: String
  /// Nil when Grafana sends none.
  public let timestampHeader: String?

  /// Every key below `intake.grafana`, and what it takes.
  public static let hints: [(key: String, hint: String)] = [
    ("secret", "the secret by which Grafana's webhook signs; with it, nothing without a valid signature is taken"),
    ("signature_header", "the header with the signature; default: X-Grafana-Alerting-Signature"),
    ("timestamp_header", "the header with the timestamp, when Grafana is set to send one; default: none"),
  ]

  public init(secret: String, header: String = "X-Grafana-Alerting-Signature", timestampHeader: String? = nil) {
    self.secret = Secret(secret)
    self.header = header
    self.timestampHeader = timestampHeader
  }

  /// Reads what stands under `intake.grafana`.
  ///
  /// - Returns: the settings, or every fault with the key as its field.
  public static func read(_ values: [String: String]) -> (settings: GrafanaSignature?, faults: [Failure]) {
    var faults: [Failure] = []
    for key in ["signature_header", "timestamp_header"] {
      if let name = values[key], name.wholeMatch(of: /[A-Za-z0-9!#$%&'*+.^_`|~\-]{1,255}/) == nil {
        faults.append(Failure(.invalid, "\"\(printable(name))\" is no name of a header", field: key))
      }
    }
    let secret = values["secret"]?.notBlank
    if secret == nil { faults.append(Failure(.invalid, "is missing; it takes \(hints[0].hint)", field: "secret")) }
    guard let secret, faults.isEmpty else { return (nil, faults) }
    return (
      GrafanaSignature(
        secret: secret, header: values["signature_header"] ?? "X-Grafana-Alerting-Signature",
        timestampHeader: values["timestamp_header"]), []
    )
  }

  /// Checks that the body is Grafana's.
  ///
  /// - Parameter field: a header's value, by its name.
  /// - Throws: ``Failure`` with code `unauthenticated`.
  public func verify(_ body: Data, now: Date, _ field: (String) -> String?) throws {
    guard let signature = field(header)?.trimmingCharacters(in: .whitespaces), let code = Data(hex: signature) else {
      throw Failure(.unauthenticated, "the header \(header) must have the body's signature, as Grafana's settings say")
    }
    var signed = body
    if let timestampHeader {
      guard let text = field(timestampHeader), let seconds = Int64(text) else {
        throw Failure(.unauthenticated, "the header \(timestampHeader) must have a timestamp, in seconds since 1970")
      }
      guard abs(now.timeIntervalSince1970 - Double(seconds)) <= Self.longestAge else {
        throw Failure(.unauthenticated, "the timestamp is more than five minutes away from this server's clock")
      }
      signed = Data("\(text):".utf8) + body
    }
    let key = SymmetricKey(data: Data(secret.exposed.utf8))
    // In constant time.
    guard HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: signed, using: key) else {
      throw Failure(.unauthenticated, "the signature is not of this body under this secret")
    }
  }
}

extension Data {
  /// Reads 64 hex digits.
  fileprivate init?(hex text: String) {
    let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
    guard digits.count == 64, text.utf8.count == 64 else { return nil }
    self.init(stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) })
  }
}
