import Foundation

/// What is said of an alert in our own words; nil for what is left open. Members that are not known are passed over: an
/// alert must not get lost because its sender says more than we ask.
struct AlertFields: Sendable, Equatable {
  var dedupKey: String?
  var title: String?
  var description: String?
  var severity: String?
  var package: String?
  var status: AlertStatus?
  var labels: [String: String] = [:]
  var group: String?
  var url: String?
  var startsAt: Date?
  var endsAt: Date?
  /// When the sender said all this: the beginning of what fires, the end of what is over, where nothing better is known.
  var saidAt: Date?
  /// Seconds after which it counts as resolved unless it comes again.
  var expiresIn: Double?
}

extension AlertFields {
  /// - Throws: ``Failure`` with code `invalid` for a member of the wrong type, or a value that is none.
  init(_ input: JSONInput) throws {
    dedupKey = try input["dedup_key"]?.line()
    title = try input["title"]?.line()
    description = try input["description"]?.line()
    severity = try input["severity"]?.line()
    package = try input["package"]?.line()
    status = try input["status"]?.word(AlertStatus.allCases.map(\.rawValue)).alertStatus
    labels = try input["labels"]?.labels() ?? [:]
    group = try input["group"]?.line()
    url = try input["url"]?.line()
    startsAt = try input.time("starts_at")
    endsAt = try input.time("ends_at")
    expiresIn = try input["expires_in"]?.seconds()
  }

  /// The alert that these words tell of. One without a key is known by its title, its package and its labels; one without a
  /// group is a group of its own.
  func alert(from source: String, package standard: String, now: Date) -> ReceivedAlert {
    let package = package ?? ReceivedAlert.package(labels) ?? standard
    let title = title ?? ReceivedAlert.noName
    let status = status ?? .firing
    let key = dedupKey ?? ([title, package] + ReceivedAlert.lines(labels)).joined(separator: "\n")
    var alert = ReceivedAlert(
      source: source, dedupKey: key, status: status,
      severity: Severity(senderWord: severity ?? labels["severity"]), package: package, title: title,
      description: description, labels: labels, groupKey: "\(source):\(group ?? key)", url: url,
      startsAt: startsAt ?? (status == .firing ? saidAt : nil), endsAt: status == .resolved ? endsAt ?? saidAt : nil,
      expiresAt: status == .firing ? expiresIn.map { now.addingTimeInterval($0) } : nil)
    alert.statesStart = startsAt != nil || saidAt == nil
    return alert
  }
}

extension JSONInput {
  /// A text, or a number or truth value as a text; nil for a blank one.
  ///
  /// - Throws: ``Failure`` with code `invalid` for a list or an object.
  func line() throws -> String? {
    switch value {
    case .array, .object: throw fault("must be a text")
    default: value.asText.notBlank
    }
  }

  /// Seconds: a number of them, or a text such as `90s`, `10m`, `2h` or `1d`.
  ///
  /// - Throws: ``Failure`` with code `invalid` for anything else.
  func seconds() throws -> Double {
    if case .integer(let count) = value, (1...Int64(Duration.longestSpan)).contains(count) { return Double(count) }
    if let text = value.string, let seconds = Duration.span(text), seconds > 0 { return Double(seconds) }
    throw fault("is no span of time; write a whole number of seconds, or 90s, 10m, 2h or 1d")
  }
}

extension String {
  fileprivate var alertStatus: AlertStatus? { AlertStatus(rawValue: self) }
}
