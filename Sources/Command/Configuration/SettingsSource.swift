import Foundation
import Tocsin
import Yams

/// Values as they were found, before anybody looked at what they mean.
struct RawSettings {
  struct Value {
    let text: String
    /// Where it stands, for a fault: `tocsin.yaml:3: listen` or `TOCSIN_LISTEN`.
    let place: String
  }

  var values: [String: Value] = [:]
  /// `rules:` of the file.
  var rules: [Node] = []
  /// `intake.json:` of the file.
  var jsonMappingNode: Node?
  var file: String?
  /// Everything wrong so far.
  var faults: [String] = []

  /// Reads the file, then the environment on top of it.
  init(file: String?, environment: [String: String]) {
    self.file = file
    if let file { read(file) }
    read(environment)
  }

  private mutating func read(_ path: String) {
    guard let data = FileManager.default.contents(atPath: path) else {
      return faults.append("\(path): cannot be read; check the path and its permissions")
    }
    guard let text = String(data: data, encoding: .utf8) else { return faults.append("\(path): is not UTF-8") }
    do {
      guard let root = try Yams.compose(yaml: text) else { return }
      guard case .mapping(let mapping) = root else {
        return faults.append("\(path): must be a list of `key: value` lines")
      }
      walk(mapping, prefix: "")
    } catch let error as YamlError {
      faults.append("\(path)\(error.fault)")
    } catch {
      faults.append("\(path): is not YAML")
    }
  }

  private mutating func walk(_ mapping: Node.Mapping, prefix: String) {
    for (keyNode, node) in mapping {
      let key = prefix + (keyNode.string ?? "")
      let place = place(keyNode, key)
      switch node {
      case _ where key == "rules": readRules(node, place)
      case _ where key == "intake.json": jsonMappingNode = node
      case .mapping(let inner): walk(inner, prefix: key + ".")
      case .sequence(let items):
        let texts = items.compactMap(\.scalar?.string)
        if texts.count < items.count { faults.append("\(place): takes a list of texts") }
        add(key, texts.joined(separator: ","), place)
      case .scalar(let scalar):
        // `key:` with nothing after it is no value.
        if node.null == nil { add(key, scalar.string, place) }
      case .alias: faults.append("\(place): aliases are not supported")
      }
    }
  }

  private mutating func readRules(_ node: Node, _ place: String) {
    if let items = node.sequence {
      rules = Array(items)
      return
    }
    if node.scalar == nil || node.null == nil { faults.append("\(place): takes a list") }
  }

  private mutating func add(_ key: String, _ text: String, _ place: String) {
    guard SettingsKeys.all.contains(where: { $0.name == key }) else {
      let known = SettingsKeys.all.map(\.name) + ["rules", "intake.json"]
      let allowed = SettingsKeys.near(key).joined(separator: ", ")
      faults.append("\(place): unknown key\(hint(key, known)). Allowed: \(allowed)")
      return
    }
    values[key] = Value(text: text, place: place)
  }

  func place(_ node: Node, _ key: String) -> String {
    "\(file ?? "")\(node.mark.map { ":\($0.line)" } ?? ""): \(key)"
  }

  private mutating func read(_ environment: [String: String]) {
    let known = Dictionary(uniqueKeysWithValues: SettingsKeys.all.map { ($0.variable, $0.name) })
    for (variable, text) in environment.sorted(by: { $0.key < $1.key }) where variable.hasPrefix("TOCSIN_") {
      if SettingsKeys.otherVariables.contains(variable) { continue }
      if let key = known[variable] {
        if !text.isEmpty { values[key] = Value(text: text, place: variable) }
      } else if variable.hasSuffix("_FILE"), let key = known[String(variable.dropLast(5))] {
        if environment[String(variable.dropLast(5))]?.isEmpty == false {
          faults.append("\(variable): \(variable.dropLast(5)) is set as well; set one of them")
        } else if !text.isEmpty {
          readFile(text, key, variable)
        }
      } else {
        let names = Array(known.keys)
        faults.append("\(variable): unknown variable\(hint(variable, names)). `tocsin check-config --help` lists them")
      }
    }
  }

  private mutating func readFile(_ path: String, _ key: String, _ variable: String) {
    guard let data = FileManager.default.contents(atPath: path), let text = String(data: data, encoding: .utf8) else {
      return faults.append("\(variable): the file \(path) cannot be read")
    }
    values[key] = Value(text: text.trimmingCharacters(in: .newlines), place: variable)
  }
}
