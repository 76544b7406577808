import Foundation
import Storage
import Tocsin

/// A database with something of everything, by the calls that people and senders use.
extension TestBench {
  /// What a bench that is to be filled runs with: one vendor takes everything, one is away.
  public static var channelsToFill: [any Channel] {
    [ReportingChannel(FakeVendor()), FakeChannel<EmailName>(FakeVendor(.refuseForNow("away", after: 3600)))]
  }

  public static var settingsToFill: Incidents.Settings {
    var settings = Incidents.Settings.quick
    var rule = AlertRule()
    (rule.matchers, rule.threshold) = ([try! LabelMatcher("rare=yes")], Frequency(count: 3, window: 600))
    settings.alertRules = [rule]
    return settings
  }

  /// Fills every table, with texts as hostile as they are allowed to be.
  public func fill(incidents count: Int = 12) async throws {
    let people = try await fillPeople()
    try await fillRules()
    var guids: [String] = []
    for number in 0..<count { guids.append(try await fillIncident(number, by: random.pick(people))) }
    for _ in 0..<(count / 3) {
      // A source that is older than its target has a key before it.
      let (source, target) = (random.pick(guids), random.pick(guids))
      _ = try? await incidents.merge(source, into: target, by: random.pick(people))
    }
    try await fillAlerts()
    try await fillRequests(incident().incidentGuid)
    try await fillPageTables()
  }

  private var text: String {
    let texts =
      Hostile.allCases.map(\.rawValue) + ["trailing  ", "e\u{301} é \u{1F469}\u{200D}\u{1F692}", "tab\tline\nend "]
    return random.pick(texts) + " \(random.below(1000))"
  }

  /// What the pages keep: a setting, and a row that says that it is demo data.
  private func fillPageTables() async throws {
    try await incidents.database.write { transaction in
      try transaction.execute(
        "INSERT INTO tocsin_setting (SettingName, Value, UpdatedAt, UpdatedBy) VALUES ('set by fill', 'ä', ?, 'ana')",
        [.time(transaction.now)])
      try transaction.execute("INSERT INTO tocsin_demo (RowGuid, Kind) VALUES ('no incident of here', 'INCIDENT')")
    }
  }

  private func fillPeople() async throws -> [Principal] {
    _ = try await incidents.drawSetUpSecret()
    let password = "purple giraffe on a ladder"
    for (name, role) in [("ana", Role.admin), ("Bernd Größe", .responder), ("viewer", .viewer)] {
      try await incidents.createUser(name: name, email: "x@example.com", role: role, password: password)
    }
    _ = try await incidents.logIn(name: "ana", password: password, address: "192.0.2.1", userAgent: "Mozilla/5.0")
    _ = try? await incidents.logIn(name: "ana", password: "wrong", address: "192.0.2.2")
    _ = try await incidents.openSession(
      for: Identity(issuer: "https://login.example.com", subject: "s-1"), name: "oidc", email: nil, role: .viewer,
      address: nil)
    _ = try await incidents.createToken(name: "grafana", role: .ingest)
    _ = try await incidents.createToken(name: "old", role: .viewer)
    _ = try await incidents.revokeToken("old", by: Principal("ana"))
    _ = try await incidents.startTOTP(of: "ana")
    _ = try await incidents.database.write { transaction in
      try transaction.execute("INSERT INTO tocsin_recovery_code SELECT UserGuid, 'hash' FROM tocsin_user")
      try transaction.execute(
        "INSERT INTO tocsin_setup (Id, SecretHash, ExpiresAt) SELECT 7, 'h', CreatedAt FROM tocsin_user "
          + "WHERE Name = 'ana' AND NOT EXISTS (SELECT 1 FROM tocsin_setup)")
    }
    return try ["ana", "Bernd Größe", "🔥"].map { try Principal($0) }
  }

  private func fillRules() async throws {
    try await incidents.setNotifyRule("ALL", name: "Everybody", channels: "SMS,EMAIL", messageTemplate: nil)
    try await incidents.setNotifyRule("SOME", name: text, channels: "SMS", messageTemplate: "{incident_title} é ")
    let silence = try await incidents.createSilence(
      SilenceDraft([LabelMatcher("host=~\"db.*\"")], comment: text, endsAt: clock.now + 7200))
    try await incidents.commentOnSilence(silence.silenceGuid, text)
    try await incidents.setHeartbeat("backup", HeartbeatDraft(interval: 300, severity: .critical, package: "BACKUP"))
    _ = try await incidents.beat("backup")
  }

  private func fillIncident(_ number: Int, by person: Principal) async throws -> String {
    clock.advance(by: Double(random.below(100_000)) / 1000)
    let guid = try await incidents.create(
      title: "Incident \(number) 🔥", severity: random.pick(Severity.allCases), package: random.pick(["DB", "WEB "]),
      description: text, assignedTo: random.pick([nil, "dba-team"]), alertLinks: ["link-\(number)"], by: person
    ).incidentGuid
    for type in NoteType.allCases where random.below(2) == 0 {
      try await incidents.addNote(guid, type: type, content: text, by: person)
    }
    if random.below(2) == 0 { try await incidents.updateStatus(guid, to: .investigating, by: person) }
    _ = try await incidents.notify(guid, notifyCode: number % 4 == 0 ? "ALL" : "SOME", by: person, patience: 0.1)
    try await incidents.logCommunication(
      guid,
      LoggedCommunication(
        channel: "PHONE", direction: .inbound, message: text,
        metadata: ["number": .integer(Int64(number)), "deep": .array([.null, 1])])
    )
    if number % 5 == 4 { try await incidents.close(guid, resolutionSummary: text, rootCause: text, by: person) }
    return guid
  }

  private func fillAlerts() async throws {
    func alert(_ key: String, _ severity: Severity, _ labels: [String: String]) -> ReceivedAlert {
      ReceivedAlert(
        source: "alertmanager", dedupKey: key, status: .firing, severity: severity, package: "DATABASE",
        title: "Alert \(key)", description: text, labels: labels, groupKey: "group \(key)",
        url: "https://x.example/?a=1&b=2",
        startsAt: clock.now - 60)
    }
    let all = (0..<6).map { alert("a\($0)", .high, ["alertname": "DiskFull", "text": text]) }
    _ = try await incidents.receive(all)
    _ = try await incidents.receive(all)
    _ = try await incidents.receive([alert("r", .high, ["rare": "yes"]), alert("s", .high, ["host": "db1"])])
    _ = try await incidents.receive([alert("low", .low, [:])])
    _ = try await incidents.perform([
      AlertAction(source: "alertmanager", key: .dedupKey("low"), kind: .note(text), by: "ana"),
      AlertAction(source: "alertmanager", key: .dedupKey("low"), kind: .assign(to: "Bernd")),
    ])
  }

  private func fillRequests(_ guid: String) async throws {
    for number in 0..<3 {
      let request = try IdempotentRequest(
        key: "key-\(number)", sender: "ana", credential: "secret", route: "POST /x", path: "/x", body: Data())
      let text = text
      let encode: @Sendable (Note) -> StoredAnswer = { StoredAnswer(status: 201, headers: [:], body: $0.content) }
      _ = try await incidents.once(request, encode: encode) {
        try await $0.addNote(guid, type: .general, content: text)
      }
    }
    try await incidents.take(.fake("unknown-1", "delivered"), from: "sms")
  }
}
