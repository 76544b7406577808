import Foundation
import HTTPTypes
import TestSupport
import Testing
import Tocsin

@testable import Server

extension TestBench {
  /// A new user's browser, signed in.
  func person(_ name: String, _ role: Role = .responder) async throws -> Browser {
    try await user(name, role)
    var browser = Browser()
    try await signIn(name, &browser)
    return browser
  }

  /// Sends a form of a page, with the token that the pages carry.
  func submit(_ path: String, _ fields: [(String, String)], by browser: inout Browser) async throws -> HTTPAnswer {
    let session = try await send(.get, "/api/v1/session", by: &browser)
    let token = try #require(session.json["csrf_token"].string)
    return try await post(path, [("csrf_token", token)] + fields, by: &browser)
  }
}

enum Payloads {
  static let markup = [
    #""><script>alert(1)</script>"#, "<\u{301}img src=x onerror=alert(1)>", "\"\u{301} onfocus=\"alert(1)",
    "{{csrf}}{{{csrf}}}", "<svg/onload=alert(1)>", "</textarea><script>alert(1)</script>", "[x](javascript:alert(1))",
    "</option><iframe>", "' onmouseover='alert(1)", "&lt;script&gt;", "<!--", "\u{202E}<b>",
  ]
}

extension String {
  /// Whether no element or attribute stands in this page that our own templates never write.
  var hasNoForeignMarkup: Bool {
    // What Markdown says of tags that somebody typed.
    let page = replacing("<!-- raw HTML omitted -->", with: "")
    let tags = page.matches(of: /<(?:[a-zA-Z](?:[^<>"]|"[^"]*")*)>/).map { String($0.0).lowercased() }
    let isForeign = tags.contains { tag in
      let bare = tag.replacing(/"[^"]*"/, with: "")
      return tag.hasPrefix("<img") || tag.hasPrefix("<svg") || tag.hasPrefix("<iframe") || tag.hasPrefix("<b>")
        || (tag.hasPrefix("<script") && !tag.contains("src=\"/assets/")) || bare.firstMatch(of: /\son\w+=/) != nil
        || tag.contains("href=\"javascript")
    }
    return !isForeign && !page.utf8.contains("<\u{301}".utf8) && !page.contains("<!--")
  }
}
