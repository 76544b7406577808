/// Nil for an empty text, which says as little as none.
package func nonEmpty(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }

/// Checks of text that comes from outside. Too long is refused, never cut; a NUL is refused everywhere, because C
/// libraries and some databases end the text there.
enum Text {
  /// Largest description, note or message, in bytes of UTF-8.
  static let longest = 64 * 1024

  /// A short text, measured in Unicode scalars as VARCHAR is.
  static func line(_ text: String, _ field: String, _ length: ClosedRange<Int>) throws -> String {
    try refuseNUL(text, field)
    let count = text.unicodeScalars.count
    if count < length.lowerBound || text.allSatisfy(\.isWhitespace) && length.lowerBound > 0 {
      throw Failure.invalid(field, "is empty; it takes \(length.lowerBound) to \(length.upperBound) characters")
    }
    if count > length.upperBound {
      throw Failure.invalid(field, "is \(count) characters long; at most \(length.upperBound) are allowed")
    }
    return text
  }

  /// A short text that may be missing. An empty one counts as missing.
  static func optionalLine(_ text: String?, _ field: String, _ longest: Int = 255) throws -> String? {
    guard let text, !text.isEmpty else { return nil }
    return try line(text, field, 1...longest)
  }

  /// A long text: up to 64 KiB of UTF-8.
  static func block(_ text: String, _ field: String) throws -> String {
    try refuseNUL(text, field)
    let bytes = text.utf8.count
    if bytes > longest {
      throw Failure.invalid(field, "is \(bytes) bytes of UTF-8; at most \(longest) (64 KiB) are allowed")
    }
    return text
  }

  /// A long text that may be missing. An empty one counts as missing.
  static func optionalBlock(_ text: String?, _ field: String) throws -> String? {
    guard let text, !text.isEmpty else { return nil }
    return try block(text, field)
  }

  private static func refuseNUL(_ text: String, _ field: String) throws {
    if text.utf8.contains(0) {
      throw Failure.invalid(field, "contains a NUL character (U+0000), which is not allowed")
    }
  }
}
