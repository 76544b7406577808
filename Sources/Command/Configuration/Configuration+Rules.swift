import Tocsin
import Yams

extension RawSettings {
  private static let keys = [
    "name", "match", "severity", "package", "notify", "group_by", "open", "close_when_resolved",
  ]

  /// `rules:`, in the order of the file.
  mutating func alertRules() -> [AlertRule] {
    rules.enumerated().compactMap { index, node in
      guard case .mapping(let mapping) = node else {
        faults.append("\(place(node, "rules[\(index)]")): must be a list of `key: value` lines")
        return nil
      }
      return rule(mapping, "rules[\(index)]")
    }
  }

  private mutating func rule(_ mapping: Node.Mapping, _ name: String) -> AlertRule {
    var rule = AlertRule()
    for (keyNode, node) in mapping {
      let key = keyNode.string ?? ""
      do {
        try set(key, node, in: &rule)
      } catch {
        faults.append("\(place(keyNode, "\(name).\(key)")): \(Failure(error).message)")
      }
    }
    return rule
  }

  private func set(_ key: String, _ node: Node, in rule: inout AlertRule) throws {
    switch key {
    case "name": _ = try text(node)
    case "match": rule.matchers = try list(node).map { try LabelMatcher($0) }
    case "severity": rule.severity = try Severity(word: text(node))
    case "package": rule.package = try text(node)
    case "notify": rule.notifyCode = try text(node)
    case "group_by": rule.groupBy = try list(node)
    case "open": rule.opens = try flag(node)
    case "close_when_resolved": rule.closesWhenResolved = try flag(node)
    default:
      throw Failure(.invalid, "unknown key\(hint(key, Self.keys)). Allowed: \(Self.keys.joined(separator: ", "))")
    }
  }

  private func text(_ node: Node) throws -> String {
    guard let text = node.scalar?.string, (1...100).contains(text.unicodeScalars.count),
      !text.allSatisfy(\.isWhitespace), !text.unicodeScalars.contains("\0")
    else { throw Failure(.invalid, "takes a text of 1 to 100 characters") }
    return text
  }

  private func list(_ node: Node) throws -> [String] {
    let items = node.sequence.map { $0.map(\.scalar?.string) } ?? [node.scalar?.string]
    guard !items.contains(nil) else { throw Failure(.invalid, "takes a list of texts") }
    return items.compactMap(\.self)
  }

  private func flag(_ node: Node) throws -> Bool {
    guard let flag = node.bool else { throw Failure(.invalid, "takes true or false") }
    return flag
  }
}
