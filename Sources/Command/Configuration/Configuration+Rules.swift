import Tocsin
import Yams

extension RawSettings {
  private static let keys = [
    "name", "match", "severity", "package", "title", "notify", "assign", "group_by", "open", "threshold",
    "expire_after",
    "flap", "close_when_resolved",
  ]

  /// `rules:`, in the order of the file.
  mutating func alertRules() -> [AlertRule] {
    var all: [AlertRule] = []
    var last: String?
    for (index, node) in rules.enumerated() {
      let (name, before) = ("rules[\(index)]", faults.count)
      if let last { faults.append("\(place(node, name)): is never reached: \(last) matches every alert; put it last") }
      guard case .mapping(let mapping) = node else {
        faults.append("\(place(node, name)): must be a list of `key: value` lines")
        continue
      }
      let rule = rule(mapping, name)
      if rule.matchers.isEmpty, faults.count == before { last = name }
      all.append(rule)
    }
    return all
  }

  private mutating func rule(_ mapping: Node.Mapping, _ name: String) -> AlertRule {
    var rule = AlertRule()
    for (keyNode, node) in mapping {
      let key = keyNode.string ?? ""
      let place = place(keyNode, "\(name).\(key)")
      do {
        switch key {
        case "threshold": rule.threshold = frequency(node, of: "count", 2...1000, "\(name).\(key)")
        case "flap": rule.flap = frequency(node, of: "changes", 2...100, "\(name).\(key)")
        default: try set(key, node, in: &rule)
        }
      } catch {
        faults.append("\(place): \(Failure(error).message)")
      }
    }
    return rule
  }

  private func set(_ key: String, _ node: Node, in rule: inout AlertRule) throws {
    switch key {
    case "name": rule.name = try RuleValue.text(node)
    case "match": rule.matchers = try RuleValue.list(node).map { try LabelMatcher($0) }
    case "severity": rule.severity = try Severity(word: RuleValue.text(node))
    case "package": rule.package = try RuleValue.text(node)
    case "title": rule.title = try AlertTitle(RuleValue.text(node, longest: 255))
    case "notify":
      let code = try RuleValue.text(node)
      if code.lowercased() == "none" { rule.notifies = false } else { rule.notifyCode = code }
    case "assign": rule.assignee = try RuleValue.text(node, longest: 255)
    case "group_by": rule.groupBy = try RuleValue.list(node)
    case "open": rule.opens = try RuleValue.flag(node)
    case "expire_after": rule.expiresAfter = try RuleValue.seconds(node)
    case "close_when_resolved": rule.closesWhenResolved = try RuleValue.flag(node)
    default:
      throw Failure(.invalid, "unknown key\(hint(key, Self.keys)). Allowed: \(Self.keys.joined(separator: ", "))")
    }
  }

  /// `{count: 3, within: 10m}`; nil when it is at fault.
  private mutating func frequency(
    _ node: Node, of counter: String, _ range: ClosedRange<Int>, _ name: String
  ) -> Frequency? {
    guard case .mapping(let mapping) = node else {
      faults.append("\(place(node, name)): takes {\(counter): 3, within: 10m}")
      return nil
    }
    var (count, window): (Int?, Double?)
    let before = faults.count
    for (keyNode, value) in mapping {
      let key = keyNode.string ?? ""
      do {
        switch key {
        case counter: count = try RuleValue.number(value, range)
        case "within": window = try RuleValue.seconds(value)
        default:
          throw Failure(.invalid, "unknown key\(hint(key, [counter, "within"])). Allowed: \(counter), within")
        }
      } catch {
        faults.append("\(place(keyNode, "\(name).\(key)")): \(Failure(error).message)")
      }
    }
    if let count, let window { return Frequency(count: count, window: window) }
    if faults.count == before {
      faults.append("\(place(node, name)): needs both \(counter) and within: {\(counter): 3, within: 10m}")
    }
    return nil
  }
}

/// The values of a rule's keys, as YAML has them.
private enum RuleValue {
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
