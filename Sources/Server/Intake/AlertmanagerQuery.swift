import API
import Foundation
import Hummingbird
import Tocsin

/// Which alerts somebody asks for, in Alertmanager's words.
struct AlertmanagerQuery {
  private(set) var matchers: [LabelMatcher] = []
  private var receiver: LabelMatcher?
  /// Those that are held back, and those that are not.
  private var (wantsActive, wantsSilenced) = (true, true)

  static let filter = RecordShape.Field(name: "filter", shape: .list(.text), isRequired: false)
  static let ofAlerts =
    [filter, RecordShape.Field(name: "receiver", shape: .text, isRequired: false)]
    + flags.map { RecordShape.Field(name: $0, shape: .boolean, isRequired: false) }
  /// Nothing here is inhibited or unprocessed: these two are taken, and change nothing.
  private static let flags = ["active", "silenced", "inhibited", "unprocessed"]

  /// - Throws: ``Failure`` with code `malformed` or `invalid`.
  init(_ request: Request) throws {
    for pair in (request.uri.query ?? "").split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let text = (parts.count == 2 ? parts[1] : "").replacing("+", with: " ").removingPercentEncoding
      guard let text else { throw Failure(.malformed, "the query is not percent-encoded UTF-8") }
      try read(String(parts[0]), text)
    }
  }

  private mutating func read(_ name: String, _ text: String) throws {
    switch name {
    case "filter": matchers += try LabelMatcher.list(text, field: "filter")
    case "receiver" where !text.isEmpty:
      receiver = try LabelMatcher(name: "name", value: text, isRegex: true, isNegated: false, field: "receiver")
    case "active": wantsActive = try flag(name, text)
    case "silenced": wantsSilenced = try flag(name, text)
    case "inhibited", "unprocessed": _ = try flag(name, text)
    default: break
    }
  }

  private func flag(_ name: String, _ text: String) throws -> Bool {
    switch text.lowercased() {
    case "true", "1", "t": return true
    case "false", "0", "f": return false
    default: throw Failure(.invalid, "\(name) is neither true nor false", field: name, allowed: ["true", "false"])
    }
  }

  func alerts(of incidents: Incidents) async throws -> [FiringAlert] {
    if let receiver, !receiver.matches(["name": "tocsin"]) { return [] }
    return try await incidents.firingAlerts(matching: matchers)
      .filter { $0.silencedBy.isEmpty ? wantsActive : wantsSilenced }
  }
}
