import Foundation
import Storage
import TestSupport
import Testing
import Tocsin

/// The built program, while a program of tomorrow changes its database.
@Suite(.serialized) struct UpgradeTests {
  private func next(worksBeside: Int, _ statement: String) -> Migrator {
    let known = Migrations.migrator.migrations
    return Migrator(known + [Migration(known.count + 1, "next", worksBeside: worksBeside) { _ in [statement] }])
  }

  private func apply(_ migrator: Migrator, to servers: Servers) async throws {
    _ = try await migrator.migrate(DatabasePlace(servers.tocsin.database).open())
  }

  @Test(arguments: TestDatabase.all)
  func `Old servers go on, start again and deliver beside a schema that they work beside, and say so`(
    _ engine: TestDatabase
  ) async throws {
    try await Receivers.with(1) { receivers in
      var servers = try await Servers(2, on: engine, ["TOCSIN_CHANNELS_WEBHOOK_URL": receivers.url(0)])
      let rule = try await servers.tocsin.run(
        "set-notify-rule", "INCIDENT_CRITICAL", "--name", "r", "--channels", "WEBHOOK")
      #expect(rule.status == 0, "\(rule.talk)")
      let known = Migrations.migrator.newest
      #expect(try await servers.sender(0).send("before") == 200)
      try await apply(
        next(worksBeside: known, "ALTER TABLE data_incident ADD COLUMN NextWord VARCHAR(20) NOT NULL DEFAULT 'x'"),
        to: servers)
      #expect(try await servers.sender(0).send("after") == 200)
      let words = "a newer program has changed the database's schema; this one works beside it"
      for one in servers.all {
        _ = try await eventually("it says so once") { one.program.talk.contains(words) ? true : nil }
      }
      try await servers.replace(1)
      #expect(try await servers.sender(1).send("again") == 200)
      _ = try await eventually("all are told") { receivers.arrived.count == 3 ? true : nil }
      let doctor = try await servers.tocsin.run("doctor")
      #expect(
        doctor.output.contains("schema \(known + 1) is of a newer Tocsin; this program knows \(known)"),
        "\(doctor.output)")
      #expect(try await servers.tocsin.run("migrate").status == 0)
      for ended in try await servers.stop() {
        #expect(ended.status == 0)
        #expect(ended.talk.components(separatedBy: words).count == 2, "once: \(ended.talk)")
        #expect(!ended.talk.contains("\"level\":\"error\""), "\(ended.talk)")
      }
    }
  }

  @Test(arguments: TestDatabase.all)
  func `Old servers that cannot work beside it answer 503, send nothing, say why once, and do not start again`(
    _ engine: TestDatabase
  ) async throws {
    try await Receivers.with(1) { receivers in
      let servers = try await Servers(2, on: engine, ["TOCSIN_CHANNELS_WEBHOOK_URL": receivers.url(0)])
      // It is answered when its stream ends.
      async let stream = servers.send(1, "GET", "/api/v1/events")
      _ = try await eventually("somebody reads the stream") {
        try await servers.send(1, "GET", "/metrics").text.contains("tocsin_event_readers 1\n") ? true : nil
      }
      let known = Migrations.migrator.newest
      try await apply(
        next(worksBeside: known + 1, "ALTER TABLE data_incident DROP COLUMN CreatedBy"), to: servers)
      let written = try await servers.send(
        0, "POST", "/api/v1/incidents", #"{"title":"T","severity":"LOW","package":"P"}"#)
      #expect(written.status == 503 && written.headers.first(name: "retry-after") != nil, "\(written.text)")
      _ = try await eventually("an idle one knows", within: 5) {
        try await servers.send(1, "GET", "/readyz").status == 503 ? true : nil
      }
      let ready = try await servers.send(1, "GET", "/readyz")
      #expect(ready.text.contains("written by a newer Tocsin; this program knows schema \(known)"), "\(ready.text)")
      #expect(try await servers.send(1, "GET", "/healthz").status == 200)
      #expect(try await servers.send(0, "GET", "/api/v1/incidents").status == 503)
      #expect(try await stream.status == 200, "its readers go elsewhere")
      let again = try await servers.tocsin.run("serve", "--listen", "127.0.0.1:0")
      #expect(again.status == 6 && again.talk.contains("Use the newer program"), "\(again.talk)")
      for ended in try await servers.stop() {
        #expect(ended.status == 0)
        #expect(
          ended.talk.components(separatedBy: "this program is too old for its database").count == 2, "\(ended.talk)")
        #expect(!ended.talk.contains("the outbox could not be read"), "\(ended.talk)")
      }
    }
  }
}
