import TestSupport
import Testing
import Tocsin

@testable import Server

// On SQLite only, as all tests of pages: this is about HTTP, which no engine decides.
@Suite struct NotifyRulesPageTests {
  private static let channels: [any Tocsin.Channel] = [FakeChannel<EmailName>(FakeVendor())]

  @Test func `An admin makes, changes and deletes a rule`() async throws {
    try await TestDatabase.sqlite.run(channels: Self.channels) { bench in
      try await bench.user("root", .admin)
      var browser = Browser()
      let csrf = try await bench.signIn("root", &browser)
      let fields = [
        ("csrf_token", csrf), ("notify_code", "INCIDENT_CRITICAL"), ("notify_name", "On call"),
        ("notify_channels", "EMAIL:dba@example.com"),
      ]
      let made = try await bench.post("/notify-rules", fields, by: &browser)
      #expect(made.status == 303 && made.headers[.location] == "/notify-rules?said=rule_made")
      let rule = try await bench.incidents.notifyRule("INCIDENT_CRITICAL")
      #expect(rule.notifyChannels == "EMAIL:dba@example.com" && rule.messageTemplate == nil && rule.updatedBy == "root")
      let again = try await bench.post("/notify-rules", fields, by: &browser)
      #expect(again.status == 409 && again.text.contains("value=\"On call\""))
      let changed = try await bench.post(
        "/notify-rules/INCIDENT_CRITICAL",
        [
          ("csrf_token", csrf), ("notify_name", "Day shift"), ("notify_channels", "EMAIL"),
          ("message_template", "{incident_title}\r\n{short_ref}"),
        ], by: &browser)
      #expect(changed.status == 303)
      let after = try await bench.incidents.notifyRule("INCIDENT_CRITICAL")
      #expect(after.notifyName == "Day shift" && after.messageTemplate == "{incident_title}\n{short_ref}")
      let deleted = try await bench.post(
        "/notify-rules/INCIDENT_CRITICAL/delete", [("csrf_token", csrf)], by: &browser)
      #expect(deleted.status == 303)
      await #expect(throws: Failure.self) { try await bench.incidents.notifyRule("INCIDENT_CRITICAL") }
    }
  }

  /// Failure: a slip in one field costs the text of all.
  @Test(arguments: [
    ("notify_channels", "PIGEON", "PIGEON"), ("notify_channels", "EMAIL:bad", "bad is no target"),
    ("message_template", "{incident_titel}", "incident_titel"), ("notify_name", "", "notify_name"),
  ])
  func `What is wrong is said beside what was typed`(_ field: String, _ value: String, _ said: String) async throws {
    try await TestDatabase.sqlite.run(channels: Self.channels) { bench in
      try await bench.user("root", .admin)
      var browser = Browser()
      let csrf = try await bench.signIn("root", &browser)
      var fields = [
        "csrf_token": csrf, "notify_code": "MINE", "notify_name": "Typed name", "notify_channels": "EMAIL:typed",
        "message_template": "Typed text",
      ]
      fields[field] = value
      let answer = try await bench.post("/notify-rules", fields.map { ($0.key, $0.value) }, by: &browser)
      #expect(answer.status == 422 && answer.text.contains("class=\"problem\"") && answer.text.contains(said))
      for (name, typed) in fields where name.hasPrefix("notify") && name != field {
        #expect(answer.text.contains(typed), "\(name)")
      }
      #expect(try await bench.incidents.notifyRules().isEmpty)
    }
  }

  @Test func `The list says which rules reach nobody, and why`() async throws {
    try await TestDatabase.sqlite.run(channels: Self.channels) { bench in
      try await bench.user("root", .admin)
      try await bench.incidents.setNotifyRule("INCIDENT_CRITICAL", name: "a", channels: "SMS")
      try await bench.incidents.setNotifyRule("MINE", name: "b", channels: "EMAIL")
      var browser = Browser()
      try await bench.signIn("root", &browser)
      let page = try await bench.send(.get, "/notify-rules", by: &browser)
      #expect(page.status == 200)
      #expect(page.text.contains("the channel SMS is not configured"))
      #expect(page.text.contains("href=\"/notify-rules/new?code=INCIDENT_HIGH\""))
      #expect(page.text.contains("in order, by hand only"))
    }
  }

  /// Failure: a webhook's address, which is a secret, is shown to everybody.
  @Test func `A viewer sees channels without their targets, and changes nothing`() async throws {
    try await TestDatabase.sqlite.run(channels: Self.channels) { bench in
      try await bench.user("eve", .viewer)
      try await bench.incidents.setNotifyRule("MINE", name: "b", channels: "EMAIL:canary")
      var browser = Browser()
      let csrf = try await bench.signIn("eve", &browser)
      let list = try await bench.send(.get, "/notify-rules", by: &browser)
      #expect(list.status == 200 && !list.text.contains("canary") && !list.text.contains("/notify-rules/new"))
      let rule = try await bench.send(.get, "/notify-rules/MINE", by: &browser)
      let deleted = try await bench.post("/notify-rules/MINE/delete", [("csrf_token", csrf)], by: &browser)
      #expect(rule.status == 403 && deleted.status == 403)
      #expect(try await bench.incidents.notifyRules().count == 1)
    }
  }

  @Test(arguments: [#""><script>alert(1)</script>"#, "a/b?c#d", "<\u{301}img src=x>", "ä €"])
  func `Any code is shown as text, and leads to its rule`(_ code: String) async throws {
    try await TestDatabase.sqlite.run(channels: Self.channels) { bench in
      try await bench.user("root", .admin)
      try await bench.incidents.setNotifyRule(code, name: code, channels: "EMAIL", messageTemplate: code)
      var browser = Browser()
      try await bench.signIn("root", &browser)
      let list = try await bench.send(.get, "/notify-rules", by: &browser)
      #expect(
        !list.text.contains("<script>alert") && !list.text.unicodeScalars.contains("\u{301}")
          || !list.text.contains("<\u{301}img"))
      let link = try #require(list.text.firstMatch(of: /data-row href="(\/notify-rules\/[^"n][^"]*)"/)).1
      let page = try await bench.send(.get, String(link), by: &browser)
      #expect(
        page.status == 200 && page.text.contains("name=\"notify_channels\"") && !page.text.contains("<script>alert"))
    }
  }
}
