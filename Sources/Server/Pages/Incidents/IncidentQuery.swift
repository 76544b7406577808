import Foundation
import Pages
import Tocsin

/// What the address of the list of incidents asks for: every filter stands in it, so that it can be passed on.
struct IncidentQuery {
  private static let names = ["status", "severity", "package", "assigned_to", "search", "since", "until"]
  static let pageSize = 50

  /// By name, without the empty ones.
  private(set) var fields: [String: String]

  init(_ query: [String: String]) {
    fields = query.mapValues { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
      .filter { Self.names.contains($0.key) && !$0.value.isEmpty }
  }

  /// `open`, `all`, or a status. Whoever searches looks among the closed ones too, unless they say otherwise.
  var status: String { fields["status"] ?? (fields["search"] == nil ? "open" : "all") }

  /// Whether anything but the status narrows the list.
  var isNarrowed: Bool { fields.keys.contains { $0 != "status" } }

  func with(_ name: String, _ value: String?) -> IncidentQuery {
    var query = self
    query.fields[name] = value
    return query
  }

  /// - Throws: ``Failure`` with code `invalid` for a word or a time that is none.
  func filter(cursor: String?, now: Date) throws -> IncidentFilter {
    var filter = IncidentFilter()
    switch status {
    case "open": filter.statuses = Set(Status.allCases).subtracting([.closed])
    case "all": break
    default: filter.status = try Self.word(status)
    }
    filter.severity = try fields["severity"].map { try Severity(word: $0) }
    filter.package = fields["package"]
    filter.assignedTo = fields["assigned_to"]
    filter.search = fields["search"]
    filter.since = try fields["since"].map { try moment($0, "since", now: now) }
    filter.until = try fields["until"].map { try moment($0, "until", endOfDay: true, now: now) }
    (filter.limit, filter.cursor) = (Self.pageSize, cursor)
    return filter
  }

  private static func word(_ status: String) throws -> Status {
    do {
      return try Status(word: status)
    } catch let failure as Failure {
      throw Failure(
        failure.code, failure.message + ", open, all", field: failure.field, allowed: failure.allowed + ["open", "all"])
    }
  }

  /// The list with these filters.
  func address(cursor: String? = nil) -> String {
    let pairs = pairs + (cursor.map { [("cursor", $0)] } ?? [])
    return "/incidents" + (pairs.isEmpty ? "" : "?" + FormText.encoded(pairs))
  }

  /// The filters as they stand in an address.
  var text: String { FormText.encoded(pairs) }

  private var pairs: [(String, String)] { Self.names.compactMap { name in fields[name].map { (name, $0) } } }
}
