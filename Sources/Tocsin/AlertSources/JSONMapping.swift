import Foundation
import Storage

/// How a foreign JSON document tells of alerts: an entry of `intake.json:` in the configuration.
public struct JSONMapping: Sendable {
  /// Where a value is found.
  public enum Place: Sendable, Equatable {
    case pointer(JSONPointer)
    /// The same for every alert.
    case constant(String)
  }

  /// What can be mapped.
  public enum Field: String, Sendable, CaseIterable {
    case title
    case dedupKey = "dedup_key"
    case severity, package, status, description, url, group
    case startsAt = "starts_at"
    case endsAt = "ends_at"
    /// When the sender said it: the beginning of what fires, the end of what is over.
    case time

    /// Whether an alert is refused that lacks it, where it is mapped: without it, it might be taken for another one, or
    /// nobody would notice that the mapping is wrong.
    var isNeeded: Bool {
      switch self {
      case .title, .dedupKey, .severity, .package, .status, .group: true
      case .description, .url, .startsAt, .endsAt, .time: false
      }
    }
  }

  /// Where the list of alerts is; nil for a document that is one alert, or a list of them.
  public var items: JSONPointer?
  /// For each field the places to look, in order: the first that has something counts.
  public var fields: [Field: [Place]] = [:]
  /// What the sender's severities mean here, by their words in lower case; others are read as everywhere.
  public var severities: [String: Severity] = [:]
  /// The words of `status`, in lower case, that say that it is over; any other says that it fires.
  public var resolvedWhen: Set<String> = ["resolved"]
  /// Where an object of labels is.
  public var labelObject: JSONPointer?
  /// Single labels.
  public var labels: [String: [Place]] = [:]
  /// Seconds after which an alert counts as resolved unless it comes again.
  public var expiresIn: Double?

  public init() {}
}

extension JSONMapping {
  /// - Parameters:
  ///   - name: the mapping's own, which stands in the route and in the alert's source.
  ///   - now: what spans of time count from.
  /// - Throws: ``Failure`` with code `malformed` for what is no JSON; `invalid` with the place of the fault.
  public func alerts(in body: Data, name: String, now: Date) throws -> [ReceivedAlert] {
    let document = try JSONInput(body)
    let entries: [JSONInput]
    if let items {
      guard let list = items.find(in: document) else { throw JSONInput(.null, items.text).missing }
      entries = try list.items()
    } else {
      entries = try document.oneOrMore()
    }
    return try entries.map { try read($0).alert(from: "\(PlainJSON.name)/\(name)", package: name, now: now) }
  }

  private func read(_ entry: JSONInput) throws -> AlertFields {
    guard case .object = entry.value else { throw entry.fault("must be an object") }
    var read = AlertFields()
    read.title = try text(.title, entry)
    read.dedupKey = try text(.dedupKey, entry)
    read.severity = try text(.severity, entry).map { severities[$0.lowercased()]?.rawValue ?? $0 }
    read.package = try text(.package, entry)
    read.status = try text(.status, entry).map { resolvedWhen.contains($0.lowercased()) ? .resolved : .firing }
    read.description = try text(.description, entry)
    read.url = try text(.url, entry)
    read.group = try text(.group, entry)
    read.startsAt = try time(.startsAt, entry)
    read.endsAt = try time(.endsAt, entry)
    read.saidAt = try time(.time, entry)
    read.labels = try labels(of: entry)
    read.expiresIn = expiresIn
    return read
  }

  private func text(_ field: Field, _ entry: JSONInput) throws -> String? {
    guard let places = fields[field] else { return nil }
    for place in places {
      if let text = try Self.text(place, entry) { return text }
    }
    guard field.isNeeded, case .pointer(let last)? = places.last else { return nil }
    throw JSONInput(.null, entry.pointer + last.text).missing
  }

  private static func text(_ place: Place, _ entry: JSONInput) throws -> String? {
    switch place {
    case .constant(let text): text
    case .pointer(let pointer): try pointer.find(in: entry)?.line()
    }
  }

  private func time(_ field: Field, _ entry: JSONInput) throws -> Date? {
    for case .pointer(let pointer) in fields[field] ?? [] {
      if let found = pointer.find(in: entry), let text = try found.line() { return try found.moment(text) }
    }
    return nil
  }

  private func labels(of entry: JSONInput) throws -> [String: String] {
    var read = try labelObject?.find(in: entry)?.labels() ?? [:]
    for (name, places) in labels {
      for place in places {
        let value: String? =
          switch place {
          case .constant(let text): text
          case .pointer(let pointer): pointer.find(in: entry)?.value.asText.notBlank
          }
        if let value {
          read[name] = value
          break
        }
      }
    }
    return read
  }
}

extension JSONInput {
  /// That a mapping of the configuration looked for it in vain.
  fileprivate var missing: Failure { fault("is missing; the mapping in the configuration takes it from there") }

  /// RFC 3339, or the seconds or milliseconds since 1970 that many systems write.
  fileprivate func moment(_ text: String) throws -> Date {
    if let time = UTC.parseRFC3339(text) { return time }
    if text.wholeMatch(of: /[0-9]{9,13}(\.[0-9]+)?/) != nil, let count = Double(text) {
      return UTC.milliseconds(Date(timeIntervalSince1970: count >= 100_000_000_000 ? count / 1000 : count))
    }
    throw fault("is no time; it takes RFC 3339 such as 2026-11-21T16:28:03Z, or seconds since 1970")
  }
}
