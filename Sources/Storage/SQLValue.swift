import Foundation

/// A value bound to a `?` or read from a column.
public enum SQLValue: Sendable, Hashable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
}

extension SQLValue {
  public static func text(_ value: String?) -> SQLValue { value.map { .text($0) } ?? .null }
  public static func integer(_ value: Int) -> SQLValue { .integer(Int64(value)) }

  /// Its length as text, in bytes; of a number about as much as it takes on the way to a server.
  public var octets: Int { if case .text(let text) = self { text.utf8.count } else { 8 } }

  /// A time, as `YYYY-MM-DD HH:MM:SS.mmm` UTC: text that sorts by time, and what MariaDB prints for DATETIME(3).
  public static func time(_ value: Date?) -> SQLValue { value.map { .text(UTC.database($0)) } ?? .null }
}

extension SQLValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByNilLiteral {
  public init(stringLiteral value: String) { self = .text(value) }
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(nilLiteral: ()) { self = .null }
}
