import Foundation

/// Names and values as forms and query strings carry them: `application/x-www-form-urlencoded` (WHATWG URL Standard,
/// section 5). Flat: no brackets, no nesting.
enum FormText {
  /// Reads pairs. Nil for bad UTF-8, over 100 pairs, or a name that stands twice: two readers could take a different one.
  static func decoded(_ text: some StringProtocol) -> [String: String]? {
    let pairs = text.split(separator: "&")
    guard pairs.count <= 100 else { return nil }
    var values: [String: String] = [:]
    for pair in pairs {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = plain(parts[0]), let value = plain(parts.count == 2 ? parts[1] : ""),
        values.updateValue(value, forKey: name) == nil
      else { return nil }
    }
    return values
  }

  static func encoded(_ pairs: [(String, String)]) -> String {
    pairs.map { encoded($0.0) + "=" + encoded($0.1) }.joined(separator: "&")
  }

  static func encoded(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
  }

  private static let unreserved = CharacterSet(
    charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

  private static func plain(_ text: some StringProtocol) -> String? {
    String(text).replacing("+", with: " ").removingPercentEncoding
  }
}
