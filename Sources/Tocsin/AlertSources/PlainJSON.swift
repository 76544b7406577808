import Foundation

/// Alerts in our own words: an object, or a list of them (docs/alerts.md). Only a title must be there; an end that has a key
/// needs none.
public enum PlainJSON {
  public static let name = "json"

  /// - Parameter now: what spans of time count from.
  /// - Throws: ``Failure`` with code `malformed` for what is no JSON; `invalid` with the place of the fault.
  public static func alerts(in body: Data, now: Date) throws -> [ReceivedAlert] {
    try JSONInput(body).oneOrMore().map { entry in
      let fields = try AlertFields(entry)
      let isEnd = fields.status == .resolved && fields.dedupKey != nil
      guard fields.title != nil || isEnd else {
        throw JSONInput(.null, entry.pointer + "/title").fault("is missing; it takes a text that says what is wrong")
      }
      return fields.alert(from: name, package: name, now: now)
    }
  }
}

extension JSONInput {
  /// The items of a list; an object stands for itself.
  ///
  /// - Throws: ``Failure`` with code `invalid` for anything else.
  func oneOrMore() throws -> [JSONInput] {
    switch value {
    case .object: [self]
    case .array: try items()
    default: throw fault("must be an object, or a list of objects")
    }
  }
}
