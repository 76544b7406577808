import API
import HTTPTypes
import Hummingbird
import Tocsin

/// What a reader of events may ask for.
struct EventQuery: Decodable {
  /// Only the events of this incident.
  var incidentGuid: String?
  /// The event to go on after. The header `Last-Event-ID`, which a browser sends when it connects again, comes first.
  var lastEventId: Int?

  static var fields: [RecordShape.Field] {
    if case .record(let record) = Shape.of(Self.self) { record.fields } else { [] }
  }

  /// - Throws: ``Failure`` with code `malformed` or `invalid`.
  init(_ request: Request) throws {
    let names = Self.fields.map(\.name)
    var texts: [String: String] = [:]
    for pair in (request.uri.query ?? "").split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = parts[0].removingPercentEncoding,
        let text = (parts.count == 2 ? parts[1] : "").removingPercentEncoding
      else { throw Failure(.malformed, "the query is not percent-encoded UTF-8") }
      guard names.contains(name) else {
        throw Failure(
          .invalid, "there is no parameter \"\(printable(name))\" here", field: printable(name), allowed: names)
      }
      guard texts.updateValue(text, forKey: name) == nil else {
        throw Failure(.invalid, "\(name) is given twice", field: name)
      }
    }
    incidentGuid = texts["incident_guid"]
    if let text = request.headers[.lastEventID] ?? texts["last_event_id"], !text.isEmpty {
      lastEventId = try Self.seq(text)
    }
  }

  private static func seq(_ text: String) throws -> Int {
    guard text.utf8.allSatisfy({ UInt8(ascii: "0") <= $0 && $0 <= UInt8(ascii: "9") }), let seq = Int(text) else {
      throw Failure(.invalid, "last_event_id is not the id of an event: a whole number", field: "last_event_id")
    }
    return seq
  }
}

extension HTTPField.Name {
  // A constant of valid letters.
  fileprivate static let lastEventID = HTTPField.Name("last-event-id")!
}
