import API
import Hummingbird
import Tocsin

/// How somebody likes the pages, at this browser: kept in cookies, so that the first byte of a page is right already.
struct Preferences {
  enum Theme: String { case light, dark }

  static let (themeCookie, keysCookie) = ("tocsin-theme", "tocsin-keys")

  /// Nil for what the browser says.
  let theme: Theme?
  /// Whether single letters are commands (WCAG 2.2, 2.1.4).
  let hasKeys: Bool

  init(_ request: Request) {
    theme = (request.cookies[Self.themeCookie]?.value).flatMap(Theme.init)
    hasKeys = request.cookies[Self.keysCookie]?.value != "off"
  }
}

/// Takes the form that changes them.
struct PreferenceRoutes: PageGroup {
  let incidents: Incidents

  func add(to table: inout RouteTable) {
    table.add(visit: Route(.post, "/preferences", .known, "Changes how the pages look."), incidents) { visit in
      var response = Response.redirect(to: visit.form["back"].flatMap(ownPath) ?? "/")
      if let theme = visit.form["theme"] {
        let isChosen = Preferences.Theme(rawValue: theme) != nil
        response.setCookie(cookie(Preferences.themeCookie, isChosen ? theme : nil, visit.context))
      }
      if let keys = visit.form["keys"] {
        response.setCookie(cookie(Preferences.keysCookie, keys == "off" ? keys : nil, visit.context))
      }
      return response
    }
  }

  /// It says nothing about anybody; the name is the same with and without TLS.
  private func cookie(_ name: String, _ value: String?, _ context: Context) -> Cookie {
    Cookie(
      name: name, value: value ?? "", maxAge: value == nil ? 0 : 365 * 86_400, path: "/", secure: context.isSecure,
      httpOnly: true, sameSite: .lax)
  }
}

/// A path of this server, for going back there; nil for anything that could lead elsewhere.
func ownPath(_ text: String) -> String? {
  let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }
  return isPlain && text.hasPrefix("/") && !text.hasPrefix("//") ? text : nil
}
