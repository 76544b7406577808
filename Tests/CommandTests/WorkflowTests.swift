import Foundation
import TestSupport
import Testing

/// The seeds' workflow, command by command, as a person types it.
@Suite struct WorkflowTests {
  private let tocsin = Program()

  @Test func `An incident goes from its creation to its report by the seeds' own commands`() async throws {
    let id = try await tocsin.run(
      "create-incident", "--title", "API Response Time Degraded", "--severity", "HIGH", "--package", "WEBAPI",
      "--description", "95th percentile latency exceeded 5 seconds", "--assigned-to", "backend-team", "--quiet"
    ).line
    try await step("update-status", id, "INVESTIGATING", "--updated-by", "engineer1")
    try await step("add-note", id, "INVESTIGATION", "Slow query on orders table", "--created-by", "engineer1")
    try await step("add-note", id, "ROOT_CAUSE", "Missing index on orders.created_at", "--by", "engineer1")
    try await step("add-note", id, "MITIGATION", "Added index", "--by", "dba1")
    try await step("update-status", id, "MONITORING", "--by", "engineer1")
    try await step(
      "close-incident", id, "--resolution-summary", "Added database index", "--root-cause", "Missing index",
      "--closed-by", "engineer1")

    let incident = try await tocsin.run("get-incident", id, "--json").object()
    #expect(incident["status"] as? String == "CLOSED")
    #expect(incident["closed_by"] as? String == "engineer1")
    #expect(incident["note_count"] as? Int == 3)
    let events = try await tocsin.run("show-timeline", id, "--json").objects()
    #expect(
      events.map { $0["event_type"] as? String } == [
        "INCIDENT_CREATED", "STATUS_CHANGE", "NOTE_ADDED", "NOTE_ADDED", "NOTE_ADDED", "STATUS_CHANGE",
        "INCIDENT_CLOSED",
      ])
    let report = try await tocsin.run("report", id, "--format", "markdown")
    #expect(report.status == 0)
    #expect(report.output.contains("Added database index"))
    #expect(try await tocsin.run("verify-timeline").status == 0)
  }

  @Test func `A phone call is logged, found by its reference, and leads back to the incident`() async throws {
    let id = try await create("Database down")
    let ref = try await tocsin.run(
      "log-communication", id, "--channel", "phone", "--message", "Called on-call engineer", "--recipient",
      "+1-555-0123", "--metadata", #"{"duration_seconds": 180, "answered": true}"#, "-q"
    ).line

    let found = try await tocsin.run("lookup-ref", ref.lowercased(), "--json").object()
    #expect(found["channel"] as? String == "PHONE")
    #expect(found["incident_title"] as? String == "Database down")
    #expect(found["incident_severity"] as? String == "CRITICAL")
    #expect((found["metadata"] as? [String: Any])?["duration_seconds"] as? Int == 180)
    #expect(try await tocsin.run("get-incident", ref, "-q").line == id)
    #expect(try await tocsin.run("list-communications", id, "--channel", "PHONE", "-q").line == ref)
  }

  @Test func `Merging moves everything to the target, and the source's reference leads there`() async throws {
    let source = try await create("Symptom")
    let target = try await create("Cause")
    try await step("link-alert", source, "alert-1")
    try await step("add-note", source, "GENERAL", "seen here first")
    let ref = try await tocsin.run("log-communication", source, "--channel", "PHONE", "-q").line

    try await step("merge-incidents", source, target, "--merged-by", "admin")

    #expect(try await tocsin.run("get-incident", ref, "-q").line == target)
    #expect(try await tocsin.run("list-alerts", target, "-q").line == "alert-1")
    let note = try #require(try await tocsin.run("list-notes", target, "--json").objects().first)
    #expect(note["origin_incident_guid"] as? String == source)
    #expect(try await tocsin.run("verify-timeline").status == 0)
    #expect(try await tocsin.run("add-note", source, "GENERAL", "too late").status == 5)
  }

  @Test func `Notes come from stdin, exactly as they are`() async throws {
    let id = try await create("Database down")
    let text = "line 1\n\ttabbed ✓ 漢字 'quoted' \"double\" ${HOME} `x`\n"
    let note = try await tocsin.run(["add-note", id, "investigation", "-", "--json"], input: text).object()
    #expect(note["content"] as? String == text)
  }

  @Test func `Every text may begin with a dash`() async throws {
    let id = try await tocsin.run(
      "create-incident", "--title", "-5 degrees", "--severity", "LOW", "--package", "--p", "--description", "- item",
      "--assigned-to", "-a", "--alert", "-1", "--created-by", "--me", "-q"
    ).line
    let incident = try await tocsin.run("get-incident", id, "--json").object()
    let texts = ["title", "package", "description", "assigned_to", "created_by"].map { incident[$0] as? String }
    #expect(texts == ["-5 degrees", "--p", "- item", "-a", "--me"])
    #expect(try await tocsin.run("list-alerts", id, "-q").line == "-1")
    #expect(try await tocsin.run("list-incidents", "--search", "-5 degrees", "-q").line == id)
    try await step("log-communication", id, "--channel", "-c", "--message", "- m", "--recipient", "-r")
    try await step(
      "set-notify-rule", "X", "--name", "- n", "--channels", "EMAIL:-a@b.org", "--message-template",
      "- {incident_title}")
    try await step("add-note", id, "GENERAL", "- one", "--by", "- me")
    try await step("add-note", id, "GENERAL", "--json", "--by", "me", "- two")
    try await step("add-note", id, "GENERAL", "--", "-three")
    try await step("close-incident", id, "--resolution-summary", "- s", "--root-cause", "-rc")
    let notes = try await tocsin.run("list-notes", id, "--json").objects()
    #expect(notes.map { $0["content"] as? String } == ["- one", "- two", "-three"])
    #expect(notes[0]["created_by"] as? String == "- me")
  }

  @Test func `A quiet notification prints references and nothing else, though it is not accepted`() async throws {
    var unreachable = tocsin
    unreachable.environment["TOCSIN_CHANNELS_EMAIL_URL"] = "smtp://127.0.0.1:1"
    unreachable.environment["TOCSIN_CHANNELS_EMAIL_FROM"] = "tocsin@example.com"
    let id = try await create("Database down")
    try await step("set-notify-rule", "X", "--name", "x", "--channels", "EMAIL:a@b.org,EMAIL:c@d.org")
    for command in [["notify-incident", id, "X"], ["email-report", id, "--to", "e@f.org", "--to", "g@h.org"]] {
      let ended = try await unreachable.run(command + ["-q"])
      #expect(ended.status == 7)
      #expect(ended.talk.isEmpty, "\(ended.talk)")
      #expect(ended.output.wholeMatch(of: /(REF-\d{8}-[A-Z0-9]{3}\n){2}/) != nil, "\(ended.output)")
    }
  }

  @Test func `A root cause comes from stdin as well`() async throws {
    let id = try await create("Database down")
    let closed = try await tocsin.run(["close-incident", id, "--root-cause", "-", "--json"], input: "line 1\nline 2")
    #expect(try closed.object()["root_cause"] as? String == "line 1\nline 2")
  }

  @Test func `Search finds words in titles, notes and messages`() async throws {
    let pool = try await create("Connection pool exhausted")
    let disk = try await create("Disk full")
    try await step("add-note", disk, "INVESTIGATION", "the pool of inodes is empty")
    try await step("log-communication", disk, "--channel", "PHONE", "--message", "escalated to Ångström")

    #expect(Set(try await search("pool")) == [pool, disk])
    #expect(try await search("POOL inodes") == [disk])
    #expect(try await search("angstrom") == [disk])
    #expect(try await search("nothing-like-it") == [])
    #expect(try await search("\" OR title:*) --") == [])
  }

  private func search(_ words: String) async throws -> [String] {
    try await tocsin.run("list-incidents", "--search", words, "-q").output.split(separator: "\n").map(String.init)
  }

  private func create(_ title: String) async throws -> String {
    try await tocsin.run("create-incident", "--title", title, "--severity", "CRITICAL", "--package", "DATABASE", "-q")
      .line
  }

  private func step(_ arguments: String...) async throws {
    let ended = try await tocsin.run(arguments)
    #expect(ended.status == 0, "\(arguments): \(ended.talk)")
  }
}
