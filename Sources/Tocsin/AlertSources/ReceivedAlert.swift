import Crypto
import Foundation
import Storage

/// One alert as a source understood it. Its texts are trimmed to what a row takes: an alert is never refused for being
/// too long, since nobody would learn of it.
public struct ReceivedAlert: Sendable, Equatable {
  public var source: String
  /// The sender's own key for it.
  public var dedupKey: String
  public var status: AlertStatus
  public var severity: Severity
  public var package: String
  public var title: String
  public var description: String?
  public var labels: [String: String]
  /// Alerts of one group share an incident.
  public var groupKey: String
  public var url: String?
  /// When it began to fire; nil when the sender does not say: then it fires since now, unless it does already.
  public var startsAt: Date?
  /// Whether the sender means the beginning by ``startsAt``; else it is only when the sender spoke, and later each time.
  public var statesStart = true
  /// When it ended; nil while it fires, or when the sender does not say.
  public var endsAt: Date?
  /// When it counts as resolved unless it comes again; nil for never.
  public var expiresAt: Date?

  public init(
    source: String, dedupKey: String, status: AlertStatus, severity: Severity, package: String, title: String,
    description: String? = nil, labels: [String: String] = [:], groupKey: String, url: String? = nil,
    startsAt: Date? = nil, endsAt: Date? = nil, expiresAt: Date? = nil
  ) {
    self.source = source
    self.dedupKey = dedupKey.keyFitting255
    self.status = status
    self.severity = severity
    self.package = package.fitting(100)
    self.title = title.fitting(255)
    self.description = description?.fittingBlock(Text.longest)
    self.labels = labels
    self.groupKey = groupKey.keyFitting255
    self.url = url
    self.startsAt = startsAt
    self.endsAt = endsAt
    self.expiresAt = expiresAt
  }
}

extension ReceivedAlert {
  /// The title of one that says nothing else.
  static let noName = "Alert without a name"

  /// An alert that says everything by labels and annotations, as Prometheus and its kin do.
  init(
    source: String, dedupKey: String, status: AlertStatus, labels: [String: String], annotations: [String: String],
    groupKey: String, url: String?, startsAt: Date?, endsAt: Date?, expiresAt: Date? = nil
  ) {
    let title = annotations["summary"]?.notBlank ?? annotations["title"]?.notBlank ?? labels["alertname"]?.notBlank
    self.init(
      source: source, dedupKey: dedupKey, status: status, severity: Severity(senderWord: labels["severity"]),
      package: Self.package(labels) ?? source, title: title ?? Self.noName,
      description: annotations["description"] ?? annotations["message"], labels: labels, groupKey: groupKey, url: url,
      startsAt: startsAt, endsAt: endsAt, expiresAt: expiresAt)
  }

  /// Labels in order, as they identify an alert whose sender gives no key.
  static func lines(_ labels: [String: String]) -> [String] {
    labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
  }

  /// The package that labels name: `package`, else `service`, else `job`.
  static func package(_ labels: [String: String]) -> String? {
    labels["package"]?.notBlank ?? labels["service"]?.notBlank ?? labels["job"]?.notBlank
  }
}

extension Severity {
  /// What senders' words mean here, in small letters.
  private static let senderWords: [(words: Set<String>, severity: Severity)] = [
    (["critical", "crit", "fatal", "emergency", "disaster", "page", "p1"], .critical),
    (["high", "error", "err", "major", "severe", "p2"], .high),
    (["warning", "warn", "average", "medium", "minor", "p3"], .medium),
    (["info", "information", "informational", "notice", "low", "debug", "none", "ok", "p4", "p5"], .low),
  ]

  private static func known(_ word: String) -> Severity? {
    let word = word.lowercased()
    return senderWords.first { $0.words.contains(word) }?.severity
  }

  /// What a sender's word means here. A word that we do not know, or none, counts as HIGH: better one incident too many
  /// than a page that nobody got.
  init(senderWord word: String?) { self = word.flatMap(Self.known) ?? .high }

  /// The same of a word that somebody typed, who can be told of a slip.
  ///
  /// - Throws: ``Failure`` with code `invalid` for a word that is not known.
  public init(typedSenderWord word: String) throws { self = try Self.known(word) ?? Severity(word: word) }
}

extension String {
  /// At most `length` Unicode scalars, the last one `…` if something was cut; NULs become U+FFFD.
  func fitting(_ length: Int) -> String {
    if utf8.count <= length, !utf8.contains(0) { return self }
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
    (utf8.count <= 255 || unicodeScalars.count <= 255) && !utf8.contains(0)
      ? self : "sha256:" + hex(SHA256.hash(data: Data(utf8)))
  }
}
