import Tocsin
import Yams

/// The values of a rule's keys, as YAML has them.
enum RuleValue {
  /// A month: what lasts longer is no storm and no flapping.
  private static let longest = 31.0 * 86_400

  static func text(_ node: Node, longest: Int = 100) throws -> String {
    guard let text = node.scalar?.string, (1...longest).contains(text.unicodeScalars.count),
      !text.allSatisfy(\.isWhitespace), !text.unicodeScalars.contains("\0")
    else { throw Failure(.invalid, "takes a text of 1 to \(longest) characters") }
    return text
  }

  static func list(_ node: Node) throws -> [String] {
    let items = node.sequence.map { $0.map(\.scalar?.string) } ?? [node.scalar?.string]
    guard !items.contains(nil) else { throw Failure(.invalid, "takes a list of texts") }
    return items.compactMap(\.self)
  }

  static func flag(_ node: Node) throws -> Bool {
    guard let flag = node.bool else { throw Failure(.invalid, "takes true or false") }
    return flag
  }

  static func number(_ node: Node, _ range: ClosedRange<Int>) throws -> Int {
    guard let number = node.scalar.flatMap({ Int($0.string) }), range.contains(number) else {
      throw Failure(.invalid, "takes a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  static func seconds(_ node: Node) throws -> Double {
    guard let seconds = node.scalar.flatMap({ Frequency.seconds($0.string) }), seconds <= longest else {
      throw Failure(.invalid, "takes how long, such as 90s, 10m, 24h or 7d; at most 31d")
    }
    return seconds
  }
}
