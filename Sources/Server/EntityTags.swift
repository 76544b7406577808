import API
import Foundation
import HTTPTypes
import Hummingbird
import Tocsin

/// What `If-Match` and `If-None-Match` hold: `*`, or a list of entity tags (RFC 9110, section 8.8.3).
enum EntityTags: Equatable {
  case any
  /// With their quotes, and `W/` before weak ones.
  case list([String])

  /// - Returns: nil for what is neither.
  init?(_ header: String) {
    let text = header.trimmingCharacters(in: [" ", "\t"])
    if text == "*" {
      self = .any
      return
    }
    if text.isEmpty {
      self = .list([])
      return
    }
    guard text.wholeMatch(of: /,*[ \t]*(?:W\/)?"[^"]*"(?:[ \t]*,(?:[ \t]*(?:W\/)?"[^"]*")?)*/) != nil else {
      return nil
    }
    self = .list(text.matches(of: /(?:W\/)?"[^"]*"/).map { String($0.output) })
  }

  /// Whether `tag` is among them, strong or weak.
  func matchWeakly(_ tag: String) -> Bool {
    switch self {
    case .any: true
    case .list(let tags): tags.contains { $0 == tag || $0 == "W/" + tag }
    }
  }

  /// The versions that the strong ones name: what is before the dash; nil for any. See ``Versioned/tag``.
  var versions: [Int]? {
    switch self {
    case .any: nil
    case .list(let tags): tags.compactMap { $0.wholeMatch(of: /"([0-9]{1,18})(?:-[0-9]+)?"/).flatMap { Int($0.1) } }
    }
  }
}

extension Call {
  /// The same, to be done only on a version that `If-Match` names.
  ///
  /// - Throws: ``Failure`` with code `outdated` when it names none that there can be, `malformed` when it is no list of tags,
  ///   `notFound`.
  func expecting(_ headers: HTTPFields, _ incidents: Incidents) async throws -> Self {
    guard var call = self as? any ConditionalCall, let header = headers[.ifMatch] else { return self }
    guard let tags = EntityTags(header) else {
      throw Failure(.malformed, "If-Match is neither * nor a list of entity tags such as \"7\"", field: "If-Match")
    }
    guard let versions = tags.versions else { return self }
    call.expectedVersion = try await call.expected(versions, incidents)
    return call as? Self ?? self
  }
}

extension ConditionalCall {
  /// Of several versions the current one, if it is among them. The write looks again.
  fileprivate func expected(_ versions: [Int], _ incidents: Incidents) async throws -> Int {
    if versions.count == 1 { return versions[0] }
    let current = try await incidents.get(id).version
    if versions.contains(current) { return current }
    throw Failure(
      .outdated, "the incident has version \(current), and If-Match names none such. Read it again", field: "If-Match",
      allowed: [String(current)])
  }
}
