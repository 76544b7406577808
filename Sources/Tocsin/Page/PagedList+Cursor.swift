import Foundation
import Storage

extension PagedList {
  /// No cursor of ours is longer: bytes.
  private static let longest = 4096

  /// Where the page ends whose last row is `row`: base64url of the list's name and the keys. The text is taken as the row
  /// has it, since rows made by hand may lack milliseconds.
  func cursor(_ row: Row) throws -> String {
    let parts = try [name] + order.map { try row.text($0.name) }
    return Data(try JSON.encode(parts).utf8).base64URL
  }

  /// The keys in a cursor.
  ///
  /// - Throws: ``Failure`` with code `invalid`.
  func keys(inCursor cursor: String) throws -> [SQLValue] {
    let parts = Self.parts(of: cursor)
    let keys = zip(order, parts.dropFirst()).compactMap { key, text in key.value(text) }
    guard parts.first == name, parts.count == order.count + 1, keys.count == order.count else {
      throw Failure.invalid("cursor", "is not one that this list answered; leave it out to start from the beginning")
    }
    return keys
  }

  private static func parts(of cursor: String) -> [String] {
    guard cursor.utf8.count <= longest, let data = Data(base64URL: cursor) else { return [] }
    return (try? JSONDecoder().decode([String].self, from: data)) ?? []
  }
}

extension PagedList.Key {
  /// The value to look for; nil when the text can be none.
  fileprivate func value(_ text: String) -> SQLValue? {
    switch kind {
    case .text: text.utf8.contains(0) ? nil : .text(text)
    case .time: UTC.parseDatabase(text) == nil ? nil : .text(text)
    case .integer: Int64(text).map { .integer($0) }
    }
  }
}
