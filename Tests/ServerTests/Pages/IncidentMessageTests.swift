import Foundation
import HTTPTypes
import TestSupport
import Testing
import Tocsin

@testable import Server

// On SQLite only: this is about pages, which no engine decides.
@Suite struct IncidentMessageTests {
  @Test func `Telling people by a rule says how many were told, and shows each with its proof`() async throws {
    let vendor = FakeVendor()
    try await TestDatabase.sqlite.run(channels: [FakeChannel<EmailName>(vendor)]) { bench in
      var ada = try await bench.person("ada")
      let guid = try await bench.incident().incidentGuid
      try await bench.incidents.setNotifyRule("OPS", name: "Ops", channels: "EMAIL:a@example.com,EMAIL:b@example.com")
      let answer = try await bench.submit("/incidents/\(guid)/notifications", [("notify_code", "OPS")], by: &ada)
      let location = try #require(answer.headers[.location])
      #expect(answer.status == 303 && location == "/incidents/\(guid)?sent=2&failed=0&pending=0#communications")
      #expect(vendor.received.count == 2)
      let page = try await bench.send(.get, location, by: &ada).text
      #expect(page.contains("2 messages were sent.") && page.contains("vendor-1") && page.contains("a@example.com"))
      let ref = try #require(try await bench.incidents.communications(of: guid).first).shortRef
      #expect(page.contains("href=\"/communications?ref=\(ref)\""))
      let bad = try await bench.submit(
        "/incidents/\(guid)/notifications", [("notify_code", "OPS"), ("message_template", "{odd} kept")], by: &ada)
      #expect(bad.status == 422 && bad.text.contains("{odd} kept</textarea>"))
      let none = try await bench.submit("/incidents/\(guid)/notifications", [("notify_code", "NONE")], by: &ada)
      #expect(none.status == 404 && none.text.contains("<h1 "))
    }
  }

  @Test func `A message that failed says why, and can be sent again`() async throws {
    let vendor = FakeVendor(.refuse("no such <mailbox>"))
    try await TestDatabase.sqlite.run(channels: [FakeChannel<EmailName>(vendor)]) { bench in
      var ada = try await bench.person("ada")
      let guid = try await bench.incident().incidentGuid
      try await bench.incidents.setNotifyRule("OPS", name: "Ops", channels: "EMAIL:a@example.com")
      _ = try await bench.submit("/incidents/\(guid)/notifications", [("notify_code", "OPS")], by: &ada)
      let page = try await bench.send(.get, "/incidents/\(guid)", by: &ada).text
      #expect(page.contains("no such &lt;mailbox&gt;"))
      let ref = try #require(page.firstMatch(of: /name="ref" value="([^"]+)"/)).1
      let home = try await bench.send(.get, "/", by: &ada).text
      #expect(home.contains("1 message was given up") && home.contains("no such &lt;mailbox&gt;"))
      vendor.answer(.accept)
      let again = try await bench.submit("/incidents/\(guid)/resend", [("ref", String(ref))], by: &ada)
      #expect(again.headers[.location] == "/incidents/\(guid)?sent=1&failed=0&pending=0#communications")
      #expect(try await bench.incidents.communications(of: guid).map(\.status) == ["SENT"])
      let twice = try await bench.submit("/incidents/\(guid)/resend", [("ref", String(ref))], by: &ada)
      #expect(twice.status == 409)
    }
  }

  @Test func `A call is put on record by hand, and an alert linked, each with its event`() async throws {
    try await TestDatabase.sqlite.run { bench in
      var ada = try await bench.person("ada")
      let guid = try await bench.incident().incidentGuid
      let logged = try await bench.submit(
        "/incidents/\(guid)/communications",
        [
          ("channel", "phone"), ("direction", "INBOUND"), ("recipient", "+1-555"), ("status", "SENT"),
          ("message", "They know"),
        ], by: &ada)
      #expect(logged.status == 303)
      let message = try #require(try await bench.incidents.communications(of: guid).first)
      #expect(message.channel == "PHONE" && message.direction == .inbound && message.message == "They know")
      let odd = try await bench.submit(
        "/incidents/\(guid)/communications",
        [("channel", ""), ("direction", "INBOUND"), ("status", "SENT"), ("message", "kept")], by: &ada)
      #expect(odd.status == 422 && odd.text.contains("kept</textarea>"))
      let linked = try await bench.submit("/incidents/\(guid)/alerts", [("alert_guid", " alert-1 ")], by: &ada)
      #expect(linked.status == 303)
      #expect(try await bench.incidents.alerts(of: guid).map(\.alertGuid) == ["alert-1"])
      #expect(try await bench.events(of: guid) == [.incidentCreated, .communicationLogged, .alertLinked])
    }
  }

  /// Failure: a sender of alerts puts `javascript:` behind a link that a responder clicks.
  @Test(arguments: ["javascript:alert(1)", "JAVASCRIPT:x", "data:text/html,x", "//evil.example", "https:\u{9}//x y"])
  func `Only addresses of the web become links`(_ address: String) async throws {
    try await TestDatabase.sqlite.run { bench in
      var ada = try await bench.person("ada")
      let guid = try await bench.incident().incidentGuid
      func receive(_ key: String, _ url: String) async throws {
        let alert = ReceivedAlert(
          source: "alertmanager", dedupKey: key, status: .firing, severity: .low, package: "P", title: "t",
          description: nil, labels: [:], groupKey: key, url: url, startsAt: bench.clock.now)
        _ = try await bench.incidents.receive([alert])
      }
      try await receive("a", address)
      try await receive("b", "https://prom.example/graph?a=1&b=2")
      for alert in try await bench.incidents.alerts().items {
        try await bench.incidents.linkAlert(alert.alertGuid, to: guid)
      }
      let page = try await bench.send(.get, "/incidents/\(guid)", by: &ada).text
      let links = page.matches(of: /href="([^"]*)" rel="noopener noreferrer"/).map { String($0.1) }
      #expect(links == ["https://prom.example/graph?a=1&amp;b=2"])
    }
  }
}

@Suite struct MergePageTests {
  @Test func `A merge shows what will move, moves it, and both guids lead to it afterwards`() async throws {
    try await TestDatabase.sqlite.run { bench in
      var ada = try await bench.person("ada")
      let (source, target) = (try await bench.incident("Source"), try await bench.incident("Target"))
      let (from, into) = (source.incidentGuid, target.incidentGuid)
      try await bench.incidents.addNote(from, type: .general, content: "moves")
      let ref = try await bench.incidents.logCommunication(from, LoggedCommunication(channel: "PHONE")).shortRef
      let choice = try await bench.send(.get, "/incidents/\(from)/merge", by: &ada)
      #expect(
        choice.status == 200 && choice.text.contains("merge?into=\(into)") && !choice.text.contains("into=\(from)"))
      let confirm = try await bench.send(.get, "/incidents/\(from)/merge?into=\(into.prefix(36))", by: &ada)
      #expect(
        confirm.text.contains("1 note<") && confirm.text.contains("1 message<") && confirm.text.contains("0 alerts"))
      #expect(try await bench.incidents.get(from).mergedIntoGuid == nil)
      let done = try await bench.submit("/incidents/\(from)/merge", [("into", into)], by: &ada)
      #expect(done.status == 303 && done.headers[.location] == "/incidents/\(into)?said=merged")
      #expect(try await bench.events(of: into).last == .incidentMerged)
      let old = try await bench.send(.get, "/incidents/\(from)", by: &ada)
      #expect(old.text.contains("was merged into") && old.text.contains("href=\"/incidents/\(into)\""))
      #expect(!old.text.contains("/closure") && !old.text.contains("/notes\""))
      let byRef = try await bench.send(.get, "/incidents/\(ref)", by: &ada)
      #expect(byRef.headers[.location] == "/incidents/\(into)")
    }
  }

  @Test func `What cannot be merged is refused before anybody confirms it`() async throws {
    try await TestDatabase.sqlite.run { bench in
      var ada = try await bench.person("ada")
      let source = try await bench.incident("Source").incidentGuid
      let closed = try await bench.incident(in: .closed).incidentGuid
      for (into, status) in [(source, 409), (closed, 409), ("0000000000", 404), ("x", 422)] {
        let asked = try await bench.send(.get, "/incidents/\(source)/merge?into=\(into)", by: &ada)
        #expect(asked.status == status && asked.text.contains("value=\"\(into)\""), "\(into)")
        let sent = try await bench.submit("/incidents/\(source)/merge", [("into", into)], by: &ada)
        #expect(sent.status == status, "\(into)")
      }
      #expect(try await bench.events(of: source) == [.incidentCreated])
    }
  }
}

@Suite struct ReportPageTests {
  @Test func `The report is shown, kept in every format, and mailed`() async throws {
    let vendor = FakeVendor()
    try await TestDatabase.sqlite.run(channels: [FakeChannel<EmailName>(vendor)]) { bench in
      var ada = try await bench.person("ada")
      let guid = try await bench.incident("Disk full").incidentGuid
      let page = try await bench.send(.get, "/incidents/\(guid)/report", by: &ada)
      #expect(page.status == 200 && page.text.contains("Disk full") && page.text.contains("To complete"))
      for match in page.text.matches(of: /href="([^"]+)" download="[^"]+"/) {
        #expect(try await bench.send(.get, String(match.1), by: &ada).status == 200)
      }
      #expect(page.text.matches(of: /\sdownload="/).count == 4)
      let sent = try await bench.submit(
        "/incidents/\(guid)/report", [("recipients", "a@example.com,\r\nb@example.com"), ("format", "text")], by: &ada)
      #expect(sent.headers[.location] == "/incidents/\(guid)?sent=2&failed=0&pending=0#communications")
      #expect(Set(vendor.received.map(\.target)) == ["a@example.com", "b@example.com"])
      let bad = try await bench.submit("/incidents/\(guid)/report", [("recipients", "nobody")], by: &ada)
      #expect(bad.status == 422 && bad.text.contains("nobody</textarea>"))
    }
  }
}
