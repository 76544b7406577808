import API
import Hummingbird
import Pages
import Tocsin

/// Keys and words.
struct HelpPage: PageGroup {
  let incidents: Incidents

  /// Keys, and the text `help_key_…` that says what each does.
  private static let keys = [
    ("?", "help"), ("Ctrl K", "palette"), ("/", "search"), ("c", "create"), ("g h", "home"), ("g i", "incidents"),
    ("g a", "alerts"), ("g s", "silences"), ("g c", "communications"), ("g m", "metrics"), ("j k", "move"),
    ("Enter", "open"), ("n", "note"), ("s", "status"), (".", "new"), ("Ctrl Enter", "send"), ("Esc", "leave"),
  ]

  func add(to table: inout RouteTable) {
    table.add(visit: Route(.get, "/help", .known, "Keys and words."), incidents) { visit in
      try visit.page(
        "help",
        [
          "keys": Self.keys.map { keys, name -> Template.Values in
            [
              "caps": keys.split(separator: " ").map(String.init), "meaning": visit.texts("help_key_\(name)"),
            ]
          },
          "areKeysOn": Preferences(visit.request).hasKeys,
          "severities": Severity.allCases.map { ["word": $0.rawValue, "meaning": visit.texts("help_\($0.rawValue)")] },
          "statuses": Status.allCases.map { ["word": $0.rawValue, "meaning": visit.texts("help_\($0.rawValue)")] },
        ])
    }
  }
}
