import Crypto
import Foundation
import Storage

/// A dialect that monitoring systems speak. Pure: bytes in, alerts out. Add one: a file here and a line in
/// ``AlertSources``.
public protocol AlertSource: Sendable {
  /// The last part of its route under `/in/`, and the Source column.
  static var name: String { get }

  /// - Throws: ``Failure`` with code `invalid` that says where the body is wrong.
  static func alerts(in body: Data) throws -> [ReceivedAlert]
}

/// Every dialect, in the order the docs list them.
public enum AlertSources {
  public static let all: [any AlertSource.Type] = [Alertmanager.self]
}

/// One alert as a source understood it. Its texts are trimmed to what a row takes: an alert is never refused for being
/// too long, since nobody would learn of it.
public struct ReceivedAlert: Sendable, Equatable {
  public var source: String
  public var dedupKey: String
  public var status: AlertStatus
  public var severity: Severity
  public var package: String
  public var title: String
  public var description: String?
  public var labels: [String: String]
  public var groupKey: String
  public var url: String?
  public var startsAt: Date
  public var endsAt: Date?
}

extension Severity {
  /// What a sender's word means here. A word that we do not know, or none, counts as HIGH: better one incident too many
  /// than a page that nobody got.
  init(senderWord word: String?) {
    switch word?.lowercased() {
    case "critical", "crit", "fatal", "emergency", "disaster", "page", "p1": self = .critical
    case "warning", "warn", "average", "medium", "minor", "p3": self = .medium
    case "info", "information", "informational", "notice", "low", "debug", "none", "ok", "p4", "p5": self = .low
    default: self = .high
    }
  }
}

extension String {
  /// At most `length` Unicode scalars, the last one `…` if something was cut; NULs become U+FFFD.
  func fitting(_ length: Int) -> String {
    let scalars = unicodeScalars.lazy.map { $0 == "\0" ? "\u{FFFD}" : $0 }
    guard unicodeScalars.count > length else { return String(String.UnicodeScalarView(scalars)) }
    return String(String.UnicodeScalarView(scalars.prefix(length - 1))) + "…"
  }

  /// At most `bytes` of UTF-8, ending in `…` if something was cut; NULs become U+FFFD.
  func fittingBlock(_ bytes: Int) -> String {
    let clean = replacing("\0", with: "\u{FFFD}")
    guard clean.utf8.count > bytes else { return clean }
    var end = clean.utf8.index(clean.utf8.startIndex, offsetBy: bytes - 3)
    while end.samePosition(in: clean.unicodeScalars) == nil { end = clean.utf8.index(before: end) }
    return clean[..<end] + "…"
  }

  /// The text itself where it fits a VARCHAR(255), else a digest of it: a key must never be cut, or two become one.
  var keyFitting255: String {
    unicodeScalars.count <= 255 && !utf8.contains(0)
      ? self : "sha256:" + hex(SHA256.hash(data: Data(utf8)))
  }
}
