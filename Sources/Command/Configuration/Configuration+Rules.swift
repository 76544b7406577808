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
