import Pages
import Tocsin

/// What somebody typed into a form of a page that was refused: it stands there again.
struct Typed {
  /// The form, by the name of its panel; nil when nothing was refused.
  let panel: String?
  let form: [String: String]

  static let nothing = Typed(panel: nil, form: [:])

  func isIn(_ panel: String) -> Bool { self.panel == panel }

  /// A field of a panel: as it was typed, else as it stands.
  func field(_ name: String, of panel: String, _ standing: String? = nil) -> String {
    (isIn(panel) ? form[name] : nil) ?? standing ?? ""
  }
}
