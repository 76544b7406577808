import Foundation
import HTTPTypes
import TestSupport
import Testing
import Tocsin

@testable import Server

// On SQLite only: this is about pages, which no engine decides.
@Suite struct IncidentPageTests {
  @Test func `An incident opened by the form is there, with its event, and the browser is led to it`() async throws {
    try await TestDatabase.sqlite.run { bench in
      var ada = try await bench.person("ada")
      let answer = try await bench.submit(
        "/incidents/new",
        [
          ("title", "Disk full"), ("severity", "HIGH"), ("package", "BACKUP"), ("description", "a\r\nb"),
          ("assigned_to", "dba"),
        ], by: &ada)
      let incident = try #require(try await bench.incidents.list().items.first)
      #expect(answer.status == 303 && answer.headers[.location] == "/incidents/\(incident.incidentGuid)?said=created")
      #expect(incident.title == "Disk full" && incident.description == "a\nb" && incident.assignedTo == "dba")
      #expect(incident.createdBy == "ada")
      #expect(try await bench.events(of: incident.incidentGuid) == [.incidentCreated])
    }
  }

  /// Failure: half an hour of typing is gone because a title was too long.
  @Test func `A form that is refused stands there with everything that was typed`() async throws {
    try await TestDatabase.sqlite.run { bench in
      var ada = try await bench.person("ada")
      let answer = try await bench.submit(
        "/incidents/new",
        [
          ("title", String(repeating: "x", count: 256)), ("severity", "LOW"), ("package", "zz<package>"),
          ("description", "half an hour"),
        ], by: &ada)
      #expect(answer.status == 422)
      #expect(answer.text.contains("half an hour</textarea>") && answer.text.contains("zz&lt;package&gt;"))
      #expect(answer.text.contains("<option selected>LOW</option>") && answer.text.contains("id=\"problem\""))
      let code = try await bench.submit(
        "/incidents/new", [("title", "t"), ("severity", "LOW"), ("package", "p"), ("notify_code", "NONE")], by: &ada)
      #expect(code.status == 404)
      #expect(try await bench.incidents.list().items.isEmpty)
    }
  }

  @Test func `Each status offers the moves of the table, and the forms make them`() async throws {
    try await TestDatabase.sqlite.run { bench in
      var ada = try await bench.person("ada")
      let guid = try await bench.incident().incidentGuid
      let path = "/incidents/\(guid)"
      func offered() async throws -> [String] {
        let page = try await bench.send(.get, path, by: &ada)
        let moves = page.text.matches(of: /name="new_status" value="(\w+)"/).map { String($0.1) }
        return moves + (page.text.contains("action=\"\(path)/closure\"") ? ["CLOSED"] : [])
      }
      #expect(try await offered() == ["INVESTIGATING", "CLOSED"])
      for (status, next) in [
        ("INVESTIGATING", ["MONITORING", "CLOSED"]), ("MONITORING", ["INVESTIGATING", "CLOSED"]),
      ] {
        let moved = try await bench.submit(path + "/status", [("new_status", status)], by: &ada)
        #expect(moved.status == 303)
        #expect(try await bench.incidents.get(guid).status.rawValue == status)
        #expect(try await offered() == next)
      }
      let refused = try await bench.submit(path + "/status", [("new_status", "CREATED")], by: &ada)
      #expect(refused.status == 409 && refused.text.contains("Allowed from MONITORING: INVESTIGATING, CLOSED"))
      #expect(try await bench.submit(path + "/status", [("new_status", "BROKEN")], by: &ada).status == 422)
      let closed = try await bench.submit(
        path + "/closure", [("resolution_summary", "Restarted"), ("root_cause", "")], by: &ada)
      #expect(closed.status == 303)
      #expect(try await offered() == ["INVESTIGATING"])
      #expect(try await bench.incidents.get(guid).resolutionSummary == "Restarted")
      #expect(try await bench.events(of: guid) == [.incidentCreated, .statusChange, .statusChange, .incidentClosed])
    }
  }

  /// Failure: two people close it, and one resolution overwrites the other unseen.
  @Test func `Who closes or edits what was changed meanwhile sees the change, and keeps their text`() async throws {
    try await TestDatabase.sqlite.run { bench in
      var ada = try await bench.person("ada")
      let guid = try await bench.incident().incidentGuid
      let path = "/incidents/\(guid)"
      let page = try await bench.send(.get, path, by: &ada).text
      let version = try #require(page.firstMatch(of: /name="version" value="(\d+)"/)).1
      let seen = try #require(page.firstMatch(of: /name="seen" value="(\d+)"/)).1
      try await bench.incidents.update(guid, IncidentChanges(severity: .low), by: "bob")
      let state: [(String, String)] = [("version", String(version)), ("seen", String(seen))]
      for (form, field) in [("closure", "resolution_summary"), ("details", "description")] {
        let answer = try await bench.submit("\(path)/\(form)", state + [(field, "my own words")], by: &ada)
        #expect(answer.status == 412)
        #expect(answer.text.contains("my own words</textarea>"))
        #expect(answer.text.contains("Severity changed from CRITICAL to LOW") && answer.text.contains("<bdi>bob</bdi>"))
        // Now with the version as it is, so that sending it again is a decision.
        #expect(answer.text.contains("name=\"version\" value=\"2\""))
      }
      #expect(try await bench.incidents.get(guid).status == .created)
      let again = try await bench.submit(
        path + "/closure", [("version", "2"), ("resolution_summary", "my own words")], by: &ada)
      #expect(again.status == 303)
    }
  }

  @Test func `Taking it makes it mine, but not from somebody whom I have not seen take it`() async throws {
    try await TestDatabase.sqlite.run { bench in
      var ada = try await bench.person("ada")
      let guid = try await bench.incident().incidentGuid
      try await bench.incidents.assign(guid, to: "bob", by: "bob")
      let late = try await bench.submit("/incidents/\(guid)/assignment", [("was", "")], by: &ada)
      #expect(late.status == 409 && late.text.contains("Meanwhile it went to bob"))
      #expect(try await bench.incidents.get(guid).assignedTo == "bob")
      let taken = try await bench.submit("/incidents/\(guid)/assignment", [("was", "bob")], by: &ada)
      #expect(taken.status == 303)
      #expect(try await bench.incidents.get(guid).assignedTo == "ada")
      #expect(try await bench.events(of: guid).last == .assignmentChange)
    }
  }

  @Test func `Details are changed field by field, and an empty assignee is nobody`() async throws {
    try await TestDatabase.sqlite.run { bench in
      var ada = try await bench.person("ada")
      let incident = try await bench.incidents.create(
        title: "t", severity: .low, package: "P", description: "one\ntwo", assignedTo: "bob")
      let path = "/incidents/\(incident.incidentGuid)/details"
      let fields = [("title", "t"), ("severity", "LOW"), ("package", "P"), ("description", "one\r\ntwo")]
      let same = try await bench.submit(path, fields + [("assigned_to", "bob")], by: &ada)
      #expect(same.headers[.location]?.hasSuffix("said=unchanged") == true)
      let changed = try await bench.submit(
        path, [("title", "new"), ("severity", "HIGH"), ("assigned_to", "")], by: &ada)
      #expect(changed.status == 303)
      let after = try await bench.incidents.get(incident.incidentGuid)
      #expect(after.title == "new" && after.severity == .high && after.assignedTo == nil)
      #expect(after.package == "P" && after.description == "one\ntwo")
      let empty = try await bench.submit(path, [("title", " "), ("package", "kept")], by: &ada)
      #expect(empty.status == 422 && empty.text.contains("value=\"kept\""))
    }
  }

  @Test func `A prefix and a REF lead to the incident's one address; what names none is a page that says so`()
    async throws
  {
    try await TestDatabase.sqlite.run { bench in
      var ada = try await bench.person("ada")
      let guid = try await bench.incident().incidentGuid
      let message = try await bench.incidents.logCommunication(guid, LoggedCommunication(channel: "PHONE"))
      for id in [String(guid.prefix(13)), message.shortRef, message.shortRef.lowercased()] {
        let answer = try await bench.send(.get, "/incidents/\(id)", by: &ada)
        #expect(answer.status == 303 && answer.headers[.location] == "/incidents/\(guid)", "\(id)")
      }
      for id in ["0000000000", "%3Cimg%20src=x%3E", "REF-20200101-AAA"] {
        let answer = try await bench.send(.get, "/incidents/\(id)", by: &ada)
        #expect(answer.status == 404 && answer.headers[.contentType] == "text/html; charset=utf-8")
        #expect(answer.text.contains("There is no incident") && !answer.text.contains("<img"))
      }
      #expect(try await bench.send(.get, "/incidents/\(guid)?show=nonsense", by: &ada).status == 422)
      #expect(try await bench.send(.get, "/incidents/\(guid)?cursor=nonsense", by: &ada).status == 422)
    }
  }

  @Test func `A viewer sees everything and is offered nothing, and is refused what they send all the same`()
    async throws
  {
    try await TestDatabase.sqlite.run { bench in
      var eve = try await bench.person("eve", .viewer)
      let guid = try await bench.incident().incidentGuid
      let path = "/incidents/\(guid)"
      for page in ["/", "/incidents", path, path + "/report"] {
        let answer = try await bench.send(.get, page, by: &eve)
        #expect(answer.status == 200, "\(page)")
        let forms = answer.text.matches(of: /<form method="post" action="([^"]+)"|method="post" action="([^"]+)"/)
        let actions = Set(forms.map { String($0.1 ?? $0.2 ?? "") })
        #expect(actions.isSubset(of: ["/preferences", "/logout"]), "\(page): \(actions)")
      }
      for form in ["status", "closure", "assignment", "details", "notes", "alerts", "notifications", "resend", "merge"]
      {
        let answer = try await bench.submit("\(path)/\(form)", [("new_status", "INVESTIGATING")], by: &eve)
        #expect(answer.status == 403, "\(form)")
      }
      #expect(try await bench.submit("/incidents/bulk", [("do", "take"), ("i.\(guid)", "on")], by: &eve).status == 403)
      #expect(try await bench.events(of: guid) == [.incidentCreated])
    }
  }

  @Test(arguments: Payloads.markup)
  func `Text that would be markup stays text, in every field of the page`(_ text: String) async throws {
    try await TestDatabase.sqlite.run { bench in
      var ada = try await bench.person("ada")
      let incident = try await bench.incidents.create(
        title: text, severity: .high, package: String(text.prefix(50)), description: text, assignedTo: text,
        alertLinks: [text])
      let guid = incident.incidentGuid
      try await bench.incidents.addNote(guid, type: .general, content: text)
      try await bench.incidents.logCommunication(
        guid, LoggedCommunication(channel: String(text.prefix(40)), message: text, recipient: text, externalId: text))
      try await bench.incidents.close(guid, resolutionSummary: text, rootCause: text)
      let path = "/incidents/\(guid)"
      for page in [path, path + "/report", path + "/merge", "/incidents?status=all", "/"] {
        let answer = try await bench.send(.get, page, by: &ada)
        #expect(answer.status == 200, "\(page)")
        #expect(answer.text.hasNoForeignMarkup, "\(page): \(text)")
      }
      let typed = try await bench.submit(path + "/notes", [("note_type", text), ("content", text)], by: &ada)
      #expect(typed.status == 422 && typed.text.hasNoForeignMarkup)
    }
  }
}
