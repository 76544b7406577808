/// A page of metrics in Prometheus' text format 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
struct Exposition {
  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  private(set) var text = ""

  /// Begins a family; its samples follow.
  mutating func family(_ name: String, _ type: String, _ help: String) {
    text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(type)\n"
  }

  /// - Parameter labels: as ``labels(_:)`` writes them.
  mutating func sample(_ name: String, _ labels: String = "", _ value: Double) {
    text += name
    if !labels.isEmpty { text += "{\(labels)}" }
    text += " \(Self.number(value))\n"
  }

  /// A gauge without labels.
  mutating func gauge(_ name: String, _ help: String, _ value: Double) {
    family(name, "gauge", help)
    sample(name, "", value)
  }

  /// `name="value",…`
  static func labels(_ labels: [(String, String)]) -> String {
    labels.map { "\($0)=\"\(escaped($1, quotes: true))\"" }.joined(separator: ",")
  }

  /// Letters, digits and `_`, not beginning with a digit; what else stands there becomes `_`.
  static func name(_ text: String) -> String {
    let name = String(
      text.unicodeScalars.map { scalar -> Character in
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_": Character(scalar)
        default: "_"
        }
      })
    return name.first.map { $0.isNumber } ?? true ? "_" + name : name
  }

  static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    return Int64(exactly: value).map(String.init) ?? "\(value)"
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    var clean = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": clean.append(contentsOf: "\\\\".unicodeScalars)
      case "\n": clean.append(contentsOf: "\\n".unicodeScalars)
      case "\"" where quotes: clean.append(contentsOf: "\\\"".unicodeScalars)
      default: clean.append(scalar)
      }
    }
    return String(clean)
  }
}
