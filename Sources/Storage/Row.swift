import Foundation

/// One row of an answer. Columns are read by name; a column that is absent or of another type is a fault of ours or
/// of whoever edited the table by hand, and throws ``StorageError/Code/unreadable``.
public struct Row: Sendable {
  private let columns: [String]
  private let values: [SQLValue]

  /// `columns` is shared between the rows of one answer.
  public init(columns: [String], values: [SQLValue]) {
    self.columns = columns
    self.values = values
  }

  /// Whether the answer has such a column.
  public func has(_ column: String) -> Bool { columns.contains(column) }

  public func value(_ column: String) throws -> SQLValue {
    guard let index = columns.firstIndex(of: column) else { throw unreadable(column, "is not in the answer") }
    return values[index]
  }

  public func text(_ column: String) throws -> String {
    guard let text = try optionalText(column) else { throw unreadable(column, "is empty") }
    return text
  }

  public func optionalText(_ column: String) throws -> String? {
    switch try value(column) {
    case .null: nil
    case .text(let text): text
    case .integer(let number): String(number)
    case .real(let number): String(number)
    }
  }

  public func integer(_ column: String) throws -> Int {
    guard case .integer(let number) = try value(column) else { throw unreadable(column, "is not a whole number") }
    return Int(number)
  }

  public func optionalInteger(_ column: String) throws -> Int? {
    try value(column) == .null ? nil : integer(column)
  }

  /// The integer in the nth column, or nil: for `SELECT count(*)` and the like.
  public func integer(at index: Int) -> Int? {
    guard values.indices.contains(index), case .integer(let number) = values[index] else { return nil }
    return Int(number)
  }

  public func time(_ column: String) throws -> Date {
    guard let time = try optionalTime(column) else { throw unreadable(column, "is empty") }
    return time
  }

  public func optionalTime(_ column: String) throws -> Date? {
    guard let text = try optionalText(column) else { return nil }
    guard let time = UTC.parseDatabase(text) else { throw unreadable(column, "is not a UTC time") }
    return time
  }

  private func unreadable(_ column: String, _ why: String) -> StorageError {
    StorageError(.unreadable, "column \(column) \(why)")
  }
}
