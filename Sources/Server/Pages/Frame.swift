import Foundation
import Hummingbird
import Pages
import Storage
import Tocsin

/// What stands around every page.
enum Frame {
  /// Where one gets to from every page; the keys `g` and a letter lead there too.
  private static let places = [
    ("/incidents", "nav_incidents", "g i"), ("/alerts", "nav_alerts", "g a"), ("/silences", "nav_silences", "g s"),
    ("/communications", "nav_communications", "g c"), ("/incident-metrics", "nav_metrics", "g m"),
  ]

  private static let morePlaces = [
    ("/notify-rules", "nav_rules", Role.viewer), ("/channels", "nav_channels", .viewer),
    ("/sources", "nav_sources", .viewer),
    ("/people", "nav_people", .admin), ("/tokens", "nav_tokens", .admin), ("/system", "nav_system", .viewer),
  ]

  /// For pages that need nobody to be signed in, such as the one to sign in.
  static func plain(_ request: Request) -> Template.Values {
    var values: Template.Values = assets
    values["theme"] = Preferences(request).theme?.rawValue
    return values
  }

  static func values(_ visit: Visit) -> Template.Values {
    let (texts, path) = (visit.texts, visit.request.uri.path)
    let preferences = Preferences(visit.request)
    var values = plain(visit.request)
    values["keys"] = preferences.hasKeys
    values["themes"] = Preferences.Theme?.choices.map { theme -> Template.Values in
      let value = theme?.rawValue ?? "auto"
      return ["value": value, "name": texts("theme_\(value)"), "isOn": theme == preferences.theme]
    }
    values["user"] = visit.person.user.name
    values["role"] = visit.role.rawValue
    values["csrf"] = visit.person.csrfToken
    values["path"] = visit.request.isChange ? "/" : visit.request.uri.string
    values["now"] = UTC.rfc3339(visit.now)
    values["version"] = Product.version
    values["places"] = places.map { address, name, keys -> Template.Values in
      ["address": address, "name": texts(name), "keys": keys, "isHere": isHere(address, path)]
    }
    values["morePlaces"] = morePlaces.filter { $0.2 != .admin || visit.mayAdminister }
      .map { address, name, _ -> Template.Values in
        ["address": address, "name": texts(name), "isHere": isHere(address, path)]
      }
    return values
  }

  private static func isHere(_ address: String, _ path: String) -> Bool {
    path == address || path.hasPrefix(address + "/")
  }

  private static let assets: [String: String] = {
    let addresses = Dictionary(uniqueKeysWithValues: Asset.all.map { ($0.name, $0.address) })
    return [
      "style": addresses["tocsin.css"] ?? "", "script": addresses["tocsin.js"] ?? "",
      "worker": addresses["events.js"] ?? "", "icon": addresses["icon.svg"] ?? "",
    ]
  }()
}

extension Visit {
  var frame: Template.Values { Frame.values(self) }
}

extension Preferences.Theme? {
  fileprivate static let choices: [Self] = [nil, .light, .dark]
}
