import Foundation
import TestSupport
import Testing

/// An alert storm over real HTTP, into a real process, with people behind real channels.
@Suite(.serialized) struct AlertStormTests {
  /// Two channels with three people each.
  private static let rule =
    "SLACK:#ana,SLACK:#bob,SLACK:#cho,EMAIL:ana@example.com,EMAIL:bob@example.com,EMAIL:cho@example.com"

  private struct Arrival: Sendable {
    let at: ContinuousClock.Instant
    let channel: String
    let text: String
  }

  /// 5,000 alerts in 15 seconds, four times as fast as 5,000 in a minute. Group 19 is CRITICAL, and begins in the midst.
  @Test(.timeLimit(.minutes(3)))
  func `5,000 alerts over 20 groups are 20 incidents and 3 messages for each person and channel, and none is lost`()
    async throws
  {
    let slack = Collected<Arrival>()
    try await HTTPReceiver.with { request in
      let body = (try? JSONSerialization.jsonObject(with: request.body)) as? [String: Any] ?? [:]
      let channel = body["channel"] as? String ?? ""
      slack.add(Arrival(at: .now, channel: channel, text: String(decoding: request.body, as: UTF8.self)))
      return .status(
        200, headers: ["content-type": "application/json"],
        body: #"{"ok":true,"channel":"C0","ts":"1503435956.000247"}"#)
    } _: { receiver in
      try await SMTPServer.with { mail in
        let tocsin = try await Self.program(slack: receiver.url("/api"), mail: mail.port)
        let running = try tocsin.start("serve", "--listen", "127.0.0.1:0")
        let start = ContinuousClock.now
        let taken = try await Self.storm(AlertSender(server: running.waitFor(/address +(http\S+)/)))
        let took = ContinuousClock.now - start
        try await Self.waitForEmptyQueue(tocsin)
        try await Self.judgeRecord(tocsin)
        try await Self.judgePeople(tocsin, slack.all, mail.mails)
        let left = try #require(slack.all.filter { $0.text.contains("Group 19") }.map(\.at).min())
        print("5,500 deliveries in \(took); the CRITICAL message arrived \(left - taken) after its alert's answer")
        #expect(left - taken < .seconds(1))
        try await Self.stop(running)
      }
    }
  }

  /// - Returns: when the first CRITICAL alert was answered.
  private static func storm(_ sender: AlertSender) async throws -> ContinuousClock.Instant {
    let criticalTaken = Collected<ContinuousClock.Instant>()
    let start = ContinuousClock.now
    try await withThrowingTaskGroup { group in
      for task in 0..<16 {
        group.addTask {
          for number in stride(from: task, to: 5000, by: 16) {
            try await Task.sleep(until: start + .milliseconds(3 * number))
            let isCritical = number >= 1000 && number % 20 == 19
            let place = number % 20 == 19 && !isCritical ? 18 : number % 20
            // One in ten comes twice.
            for _ in 0...(number % 10 == 0 ? 1 : 0) {
              let status = try await sender.post(alert(number, group: place, isCritical))
              #expect(status == 200)
            }
            if isCritical { criticalTaken.add(.now) }
          }
        }
      }
      try await group.waitForAll()
    }
    return try #require(criticalTaken.all.min())
  }

  private static func judgeRecord(_ tocsin: Program) async throws {
    #expect(try await column(tocsin, "SELECT count(*), sum(Count) FROM data_alert") == ["5000|5500"])
    let miscounted = "SELECT count(*) FROM data_alert WHERE Count <> 1 + (DedupKey % 10 = 0)"
    #expect(try await column(tocsin, miscounted) == ["0"])
    let incidents = "SELECT Severity, count(*) FROM data_incident GROUP BY Severity ORDER BY 1"
    #expect(try await column(tocsin, incidents) == ["CRITICAL|1", "HIGH|19"])
    let events = "SELECT EventType, count(*) FROM data_incident_timeline GROUP BY EventType ORDER BY 1"
    #expect(
      try await column(tocsin, events) == ["ALERT_LINKED|5000", "INCIDENT_CREATED|20", "NOTIFICATION_SENT|120"])
    #expect(try await tocsin.run("verify-timeline").status == 0)
  }

  /// Each got at most three messages on each channel, and was told of every incident.
  private static func judgePeople(_ tocsin: Program, _ slack: [Arrival], _ mails: [SMTPServer.Mail]) async throws {
    let mailTexts = try ReadMail.all(mails.map(\.raw)).map { $0.bodies.joined(separator: "\n") }
    for person in ["ana", "bob", "cho"] {
      let (room, address) = ("#\(person)", "\(person)@example.com")
      let chats = slack.filter { $0.channel == room }.map(\.text)
      let letters = zip(mails, mailTexts).filter { $0.0.recipients == [address] }.map(\.1)
      for (texts, recipient) in [(chats, room), (letters, address)] {
        #expect((1...3).contains(texts.count), "\(recipient): \(texts.count)")
        let refs = try await column(
          tocsin, "SELECT ShortRef FROM data_incident_communication WHERE Recipient = '\(recipient)'")
        #expect(refs.count == 20)
        for ref in refs { #expect(texts.contains { $0.contains(ref) }, "\(recipient) was not told of \(ref)") }
      }
    }
  }

  /// Failure: the process is killed in the middle of a storm; its senders repeat what got no answer.
  @Test(.timeLimit(.minutes(3)))
  func `A kill in the midst of a storm loses no alert that was answered, and doubles none`()
    async throws
  {
    try await Receivers.with(1) { receivers in
      var tocsin = Program()
      tocsin.environment["TOCSIN_CHANNELS_WEBHOOK_URL"] = receivers.url(0)
      try await Self.setRules("WEBHOOK", tocsin)
      let answered = Collected<Int>()
      for round in 0...3 {
        let running = try tocsin.start("serve", "--listen", "127.0.0.1:0")
        let sender = AlertSender(server: try await running.waitFor(/address +(http\S+)/))
        await withTaskGroup { group in
          group.addTask { await Self.sendAll(sender, but: Set(answered.all), answered) }
          if round == 3 { return }
          try? await Task.sleep(for: .milliseconds(Int.random(in: 150...500)))
          running.signal(SIGKILL)
        }
        if round == 3 {
          try await Self.waitForEmptyQueue(tocsin)
          try await Self.stop(running)
        } else {
          #expect(try await running.end().status == SIGKILL)
        }
        let kept = Set(try await Self.column(tocsin, "SELECT DedupKey FROM data_alert").compactMap { Int($0) })
        #expect(Set(answered.all).subtracting(kept).isEmpty)
        if round == 0 { #expect(answered.all.count < 3000, "the kill came too late for this to show anything") }
      }
      #expect(answered.all.count == 3000)
      #expect(try await Self.column(tocsin, "SELECT count(*) FROM data_alert") == ["3000"])
      #expect(try await Self.column(tocsin, "SELECT count(*) FROM data_incident") == ["20"])
      let events = "SELECT count(*) FROM data_incident_timeline WHERE EventType ="
      #expect(try await Self.column(tocsin, "\(events) 'ALERT_LINKED'") == ["3000"])
      #expect(try await Self.column(tocsin, "\(events) 'INCIDENT_CREATED'") == ["20"])
      #expect(Set(receivers.arrived.map(\.incident)).count == 20)
      #expect(try await Self.column(tocsin, "PRAGMA integrity_check") == ["ok"])
      #expect(try await tocsin.run("verify-timeline").status == 0)
    }
  }

  /// Failure: a sender that lost its patience sends the same again on every connection it has.
  @Test(.timeLimit(.minutes(2)))
  func `The same delivery 1,000 times in parallel is one alert, one incident, 1,000 × 200`()
    async throws
  {
    let tocsin = Program()
    let running = try tocsin.start("serve", "--listen", "127.0.0.1:0")
    let port = try #require(Int(try await running.waitFor(/address +http:\/\/127\.0\.0\.1:(\d+)/)))
    let body = Self.alert(1, group: 1, true)
    let request =
      "POST /in/alertmanager HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    try await withThrowingTaskGroup { group in
      // 250 connections, with four deliveries each.
      for _ in 0..<250 {
        group.addTask {
          let wire = try await Wire.connect(port: port)
          for number in 1...4 {
            wire.send(request)
            _ = try await eventually("it is answered", within: 60) { wire.statuses.count == number ? true : nil }
          }
          return wire.statuses
        }
      }
      let statuses = try await group.reduce(into: []) { $0 += $1 }
      #expect(statuses == Array(repeating: 200, count: 1000))
    }
    #expect(try await Self.column(tocsin, "SELECT count(*), sum(Count) FROM data_alert") == ["1|1000"])
    #expect(try await Self.column(tocsin, "SELECT count(*) FROM data_incident") == ["1"])
    #expect(
      try await Self.column(tocsin, "SELECT EventType FROM data_incident_timeline ORDER BY Seq")
        == ["INCIDENT_CREATED", "ALERT_LINKED"])
    try await Self.stop(running)
  }

  // MARK: -

  /// Sends 3,000 alerts of 20 groups on 16 tasks; a task ends when nobody answers.
  private static func sendAll(_ sender: AlertSender, but done: Set<Int>, _ answered: Collected<Int>) async {
    await withTaskGroup { group in
      for task in 0..<16 {
        group.addTask {
          for number in stride(from: task, to: 3000, by: 16) where !done.contains(number) {
            guard let status = try? await sender.post(alert(number, group: number % 20, false)) else { return }
            #expect(status == 200)
            answered.add(number)
          }
        }
      }
    }
  }

  private static func waitForEmptyQueue(_ tocsin: Program) async throws {
    _ = try await eventually("everything was sent", within: 40) {
      try await column(tocsin, "SELECT count(*) FROM tocsin_queue") == ["0"] ? true : nil
    }
  }

  private static func alert(_ number: Int, group: Int, _ isCritical: Bool) -> String {
    """
    {"version": "4", "groupKey": "{}:{g=\\"\(group)\\"}", "status": "firing", "receiver": "tocsin",
     "alerts": [{"status": "firing", "labels": {"n": "\(number)", "severity": "\(isCritical ? "critical" : "error")"},
                 "annotations": {"summary": "Group \(group)"}, "startsAt": "2026-11-21T10:00:00Z",
                 "endsAt": "0001-01-01T00:00:00Z", "generatorURL": "", "fingerprint": "\(number)"}]}
    """
  }

  private static func program(slack: String, mail: Int) async throws -> Program {
    let tocsin = Program([
      "TOCSIN_CHANNELS_SLACK_BOT_TOKEN": "xoxb-0123456789", "TOCSIN_CHANNELS_SLACK_DEFAULT_TARGET": "#ops",
      "TOCSIN_CHANNELS_SLACK_BASE_URL": slack, "TOCSIN_CHANNELS_EMAIL_URL": "smtp://127.0.0.1:\(mail)",
      "TOCSIN_CHANNELS_EMAIL_FROM": "tocsin@example.com",
    ])
    try await setRules(rule, tocsin)
    return tocsin
  }

  private static func setRules(_ channels: String, _ tocsin: Program) async throws {
    for code in ["INCIDENT_HIGH", "INCIDENT_CRITICAL"] {
      let ended = try await tocsin.run("set-notify-rule", code, "--name", "people", "--channels", channels)
      try #require(ended.status == 0, "\(ended.talk)")
    }
  }

  private static func column(_ tocsin: Program, _ sql: String) async throws -> [String] {
    let ended = try await tocsin.run(program: "/usr/bin/sqlite3", [tocsin.database, sql])
    #expect(ended.status == 0, "\(ended.talk)")
    return ended.output.split(separator: "\n").map(String.init)
  }

  private static func stop(_ running: RunningProgram) async throws {
    running.signal(SIGTERM)
    #expect(try await running.end().status == 0)
  }
}
