import Pages
import Tocsin

/// The address of a page with what its filters say, so that it survives being copied.
struct PageAddress {
  let path: String
  /// Those without a value are left out.
  var fields: [(name: String, value: String?)] = []

  /// - Parameter changes: values of fields, by name; nil takes one out.
  func with(_ changes: [(name: String, value: String?)]) -> String {
    let names = changes.map(\.name)
    let all = fields.filter { !names.contains($0.name) } + changes
    let pairs = all.compactMap { field in field.value.map { (field.name, $0) } }
    return pairs.isEmpty ? path : path + "?" + FormText.encoded(pairs)
  }

  /// Links to the same page that differ in one field.
  func chips(_ name: String, _ choices: [(value: String, text: String)], chosen: String) -> [Template.Values] {
    choices.map { choice in
      ["address": with([(name, choice.value)]), "name": choice.text, "isOn": choice.value == chosen]
    }
  }
}

/// The entries of a `<select>`.
func options(_ values: [String], chosen: String?) -> [Template.Values] {
  values.map { ["value": $0, "isChosen": $0 == chosen?.uppercased()] }
}

/// An address that somebody else wrote, to be a link: only one of the web, in which everything can be seen.
func webAddress(_ text: String?) -> String? {
  guard let text, text.wholeMatch(of: /(?i:https?):\/\/[^\s"<>\\]+/) != nil else { return nil }
  return text.unicodeScalars.contains(where: Unseen.contains) ? nil : text
}
