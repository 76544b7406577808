import Tocsin
import Yams

extension RawSettings {
  private static let keys =
    ["items"] + JSONMapping.Field.allCases.map(\.rawValue) + ["severities", "resolved_when", "labels", "expires_in"]

  /// `intake.json:`, by the names of the mappings.
  mutating func jsonMappings() -> [String: JSONMapping] {
    guard let node = jsonMappingNode, node.null == nil else { return [:] }
    guard case .mapping(let mappings) = node else {
      faults.append("\(place(node, "intake.json")): takes a mapping under each name")
      return [:]
    }
    var found: [String: JSONMapping] = [:]
    for (nameNode, node) in mappings {
      let name = nameNode.string ?? ""
      let key = "intake.json.\(printable(name))"
      guard name.wholeMatch(of: /[a-z0-9][a-z0-9_-]{0,39}/) != nil, name != "status" else {
        faults.append(
          "\(place(nameNode, key)): is no name; it takes 1 to 40 of a-z, 0-9, - and _, and is not \"status\"")
        continue
      }
      guard case .mapping(let mapping) = node else {
        faults.append("\(place(nameNode, key)): must be a list of `key: value` lines")
        continue
      }
      found[name] = self.mapping(mapping, nameNode, key)
    }
    return found
  }

  private mutating func mapping(_ lines: Node.Mapping, _ nameNode: Node, _ name: String) -> JSONMapping {
    var mapping = JSONMapping()
    for (keyNode, node) in lines {
      let key = keyNode.string ?? ""
      do {
        try set(key, node, in: &mapping)
      } catch {
        faults.append("\(place(keyNode, "\(name).\(printable(key))")): \(Failure(error).message)")
      }
    }
    let keys = lines.keys.compactMap(\.string)
    for (key, needed) in [("title", nil), ("severities", "severity"), ("resolved_when", "status")] {
      if let needed, keys.contains(key), !keys.contains(needed) {
        faults.append("\(place(nameNode, "\(name).\(key)")): has no effect without \(needed)")
      } else if needed == nil, !keys.contains(key) {
        faults.append("\(place(nameNode, name)): \(key) is missing")
      }
    }
    return mapping
  }

  private func set(_ key: String, _ node: Node, in mapping: inout JSONMapping) throws {
    if let field = JSONMapping.Field(rawValue: key) {
      mapping.fields[field] = try places(node)
      return
    }
    switch key {
    case "items": mapping.items = try pointer(node)
    case "severities":
      for (word, severity) in try pairs(node) {
        mapping.severities[word.lowercased()] = try Severity(word: text(severity))
      }
    case "resolved_when": mapping.resolvedWhen = Set(try texts(node).map { $0.lowercased() })
    case "labels":
      if node.scalar != nil {
        mapping.labelObject = try pointer(node)
      } else {
        for (label, node) in try pairs(node) { mapping.labels[label] = try places(node) }
      }
    case "expires_in":
      guard let seconds = Duration.span(try text(node)), seconds > 0 else {
        throw Failure(.invalid, "takes a span of time such as 90s, 10m, 2h or 1d")
      }
      mapping.expiresIn = Double(seconds)
    default:
      throw Failure(.invalid, "unknown key\(hint(key, Self.keys)). Allowed: \(Self.keys.joined(separator: ", "))")
    }
  }

  private func places(_ node: Node) throws -> [JSONMapping.Place] {
    try texts(node).map { $0.hasPrefix("/") ? .pointer(try JSONPointer($0)) : .constant($0) }
  }

  private func pointer(_ node: Node) throws -> JSONPointer {
    let text = try text(node)
    guard text.hasPrefix("/") else { throw Failure(.invalid, "takes a JSON pointer such as /alerts") }
    return try JSONPointer(text)
  }

  private func pairs(_ node: Node) throws -> [(String, Node)] {
    guard let mapping = node.mapping else { throw Failure(.invalid, "takes `name: value` lines") }
    return try mapping.map { (try text($0.key), $0.value) }
  }

  private func texts(_ node: Node) throws -> [String] {
    let list = try node.sequence.map { try $0.map { try text($0) } } ?? [text(node)]
    if list.isEmpty { throw Failure(.invalid, "takes a text, or a list of them") }
    return list
  }

  private func text(_ node: Node) throws -> String {
    guard let text = node.scalar?.string, !text.allSatisfy(\.isWhitespace), !text.utf8.contains(0) else {
      throw Failure(.invalid, "takes a text, or a list of them")
    }
    return text
  }
}
