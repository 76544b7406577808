import Foundation
import TestSupport
import Testing

/// A real `tocsin serve` whose channels are the seeds' own, each with a vendor behind it, and on whose database is what the
/// seeds speak of as if it were there.
struct SeedServer {
  let tocsin: Program
  let url: String
  /// An admin's: the seeds let others act (`created_by="engineer1"`).
  let token: String
  let mail: SMTPServer

  private static let routingKey = "R0123456789abcdefghijABCDEFGHIJ1"

  /// - Parameter suffix: what the seed puts behind `incident-A` and `incident-B`.
  static func with(suffix: String, _ body: (SeedServer) async throws -> Void) async throws {
    try await FakePagerDuty(keys: routingKey).serve { pagerDuty in
      try await FakeSlack().serve { slack in
        try await HTTPReceiver.with(FakeTwilio().answer) { twilio in
          try await SMTPServer.with { mail in
            let tocsin = Program([
              "TOCSIN_CHANNELS_PAGERDUTY_ROUTING_KEY": routingKey,
              "TOCSIN_CHANNELS_PAGERDUTY_BASE_URL": pagerDuty.url(""),
              "TOCSIN_CHANNELS_SLACK_BOT_TOKEN": FakeSlack.token, "TOCSIN_CHANNELS_SLACK_DEFAULT_TARGET": "#ops",
              "TOCSIN_CHANNELS_SLACK_BASE_URL": slack.url("/api"),
              "TOCSIN_CHANNELS_SMS_ACCOUNT_SID": FakeTwilio.account, "TOCSIN_CHANNELS_SMS_AUTH_TOKEN": FakeTwilio.token,
              "TOCSIN_CHANNELS_SMS_FROM": "+15550100000", "TOCSIN_CHANNELS_SMS_DEFAULT_TARGET": "+15550123456",
              "TOCSIN_CHANNELS_SMS_BASE_URL": twilio.url(""),
              "TOCSIN_CHANNELS_EMAIL_URL": "smtp://127.0.0.1:\(mail.port)",
              "TOCSIN_CHANNELS_EMAIL_FROM": "tocsin@example.com",
            ])
            let token = try await tocsin.run("create-token", "--name", "axion", "--role", "admin").line
            try await arrange(on: tocsin, suffix: suffix)
            let running = try tocsin.start("serve", "--listen", "127.0.0.1:0")
            let url = try await running.waitFor(/address +(http\S+)/)
            try await body(SeedServer(tocsin: tocsin, url: url, token: token, mail: mail))
            running.signal(SIGTERM)
            let ended = try await running.end()
            #expect(ended.status == 0)
            #expect(!(ended.output + ended.talk).contains(token))
          }
        }
      }
    }
  }

  /// The seeds' def_notify INSERT to the letter, rules for the other codes that they use, and their incidents and message.
  private static func arrange(on tocsin: Program, suffix: String) async throws {
    let insert = try #require(
      try SeedBlock.all(of: "AlertsAndIncidents").first { $0.code.hasPrefix("INSERT INTO def_notify") })
    try await sql(insert.code, on: tocsin)
    for (code, channels) in [
      ("INCIDENT_HIGH_PRIORITY", "SLACK:#ops,EMAIL:team@example.com"), ("INCIDENT_RESOLVED", "SLACK:#ops"),
      ("INCIDENT_CUSTOM", "EMAIL:dba@example.com"),
    ] {
      let ended = try await tocsin.run("set-notify-rule", code, "--name", code, "--channels", channels)
      try #require(ended.status == 0, "\(ended.talk)")
    }
    try await sql(
      """
      INSERT INTO data_incident (IncidentGuid, Title, Severity, Status, Package, CreatedAt) VALUES
        ('incident-A\(suffix)', 'Disk full', 'CRITICAL', 'INVESTIGATING', 'DATABASE', '2025-01-10 08:00:00.000'),
        ('incident-B\(suffix)', 'Writes fail', 'HIGH', 'CREATED', 'DATABASE', '2025-01-10 08:05:00.000');
      INSERT INTO data_incident_alert (IncidentGuid, AlertGuid, LinkedAt)
        VALUES ('incident-B\(suffix)', 'alert-B', '2025-01-10 08:05:00.000');
      INSERT INTO data_incident_note (NoteGuid, IncidentGuid, NoteType, Content, CreatedAt)
        VALUES ('note-B', 'incident-B\(suffix)', 'GENERAL', 'seen here first', '2025-01-10 08:06:00.000');
      INSERT INTO data_incident (IncidentGuid, Title, Severity, Status, Package, CreatedAt, ClosedAt) VALUES
        ('incident-C', 'Replica lag', 'CRITICAL', 'CLOSED', 'DATABASE', '2025-01-20 10:00:00.000',
          '2025-01-20 12:30:00.000');
      INSERT INTO data_incident_communication
        (CommunicationGuid, IncidentGuid, ShortRef, Channel, Status, Message, Recipient, Timestamp)
        VALUES ('message-C', 'incident-C', 'REF-20251229-A7K', 'SLACK', 'SENT', 'Replica lag', '#ops',
          '2025-12-29 09:00:00.000');
      """, on: tocsin)
  }

  private static func sql(_ text: String, on tocsin: Program) async throws {
    let ended = try await tocsin.run(program: "/usr/bin/sqlite3", ["-bail", tocsin.database, text])
    try #require(ended.status == 0, "\(ended.talk)")
  }
}
