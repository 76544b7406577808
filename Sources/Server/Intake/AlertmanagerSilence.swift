import Foundation
import Tocsin

extension PostedSilence {
  /// Whom the client names stands behind the token's name: they have not proved who they are. An admin may act for others.
  func author(_ visitor: Visitor) throws -> Principal {
    let known = visitor.principal
    guard let named = createdBy, named != known.name else { return known }
    let name = visitor.role == .admin ? named : "\(known.name): \(named)"
    return try Principal(
      String(String.UnicodeScalarView(name.unicodeScalars.prefix(255))), from: known.address, credential: known.name)
  }
}

/// Silences as Alertmanager shows them (api/v2/openapi.yaml: gettableSilence).
enum AlertmanagerSilence {
  /// A maintenance window shows the time that it holds, now or next.
  static func shown(_ silence: Silence) throws -> JSONValue {
    let end = silence.holdsUntil ?? silence.endsAt ?? silence.updatedAt
    return .object([
      "id": .string(silence.silenceGuid), "status": .object(["state": .string(silence.state.rawValue.lowercased())]),
      "matchers": .array(try silence.matchers.map { try shown(LabelMatcher($0)) }),
      "startsAt": .string(JSON.time(min(silence.holdsFrom ?? silence.startsAt, end))),
      "endsAt": .string(JSON.time(end)), "updatedAt": .string(JSON.time(silence.updatedAt)),
      "createdBy": .string(silence.createdBy), "comment": .string(silence.comment ?? ""),
    ])
  }

  private static func shown(_ matcher: LabelMatcher) -> JSONValue {
    .object([
      "name": .string(matcher.name), "value": .string(matcher.value), "isRegex": .bool(matcher.isRegex),
      "isEqual": .bool(!matcher.isNegated),
    ])
  }

  /// Whether a silence is about what `matchers` say: upstream holds them against the values of its matchers.
  static func fits(_ silence: Silence, _ matchers: [LabelMatcher]) throws -> Bool {
    let values = try silence.matchers.map { try LabelMatcher($0) }.map { ($0.name, $0.value) }
    let labels = Dictionary(values, uniquingKeysWith: { $1 })
    return matchers.allSatisfy { $0.matches(labels) }
  }
}
