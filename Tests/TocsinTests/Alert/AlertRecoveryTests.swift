import Foundation
import Storage
import TestSupport
import Testing

@testable import Tocsin

/// Intake when something went wrong before: a page must come out all the same.
@Suite("Alert intake after faults")
struct AlertRecoveryTests {
  private typealias Sample = AlertIntakeTests

  /// Failure: the notice that an alert ended never arrived, and people closed its incident.
  @Test("An alert that fires anew opens an incident though its end was never told", arguments: TestDatabase.all)
  func lostEnd(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let first = try await bench.incidents.receive([Sample.alert("a")]).opened
      try await bench.incidents.close(first[0])
      #expect(try await bench.incidents.receive([Sample.alert("a")]).opened.isEmpty)
      let second = try await bench.incidents.receive([Sample.alert("a", at: 60)]).opened
      #expect(second.count == 1 && second != first)
      #expect(try await bench.incidents.alerts().items.map(\.count) == [3])
    }
  }

  @Test(
    "An alert that fires anew while its incident is open changes nothing on the timeline", arguments: TestDatabase.all)
  func anewWhileOpen(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guid = try await bench.incidents.receive([Sample.alert("a")]).opened[0]
      #expect(try await bench.incidents.receive([Sample.alert("a", at: 60)]).opened.isEmpty)
      #expect(try await bench.events(of: guid) == [.incidentCreated, .alertLinked])
    }
  }

  @Test("An end that forgot when the alert began does not make its last firing look new", arguments: TestDatabase.all)
  func forgetfulEnd(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guid = try await bench.incidents.receive([Sample.alert("a", at: 5)]).opened[0]
      var end = Sample.alert("a", .resolved, at: 0)
      end.endsAt = Sample.start + 600
      try await bench.incidents.receive([end])
      try await bench.incidents.close(guid)
      #expect(try await bench.incidents.receive([Sample.alert("a", at: 5)]).opened.isEmpty)
      #expect(try await bench.incidents.alerts().items.first?.status == .resolved)
    }
  }

  @Test("The end of an alert is noted on its incident also when people closed it first", arguments: TestDatabase.all)
  func endAfterClosing(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      let guid = try await bench.incidents.receive([Sample.alert("a")]).opened[0]
      try await bench.incidents.close(guid)
      try await bench.incidents.receive([Sample.alert("a", .resolved)])
      #expect(
        try await bench.events(of: guid) == [.incidentCreated, .alertLinked, .incidentClosed, .alertResolved])
    }
  }

  /// Failure: somebody wrote a row of `def_notify` by hand, and wrote it wrong.
  @Test("A rule that is partly wrong still tells those it can tell", arguments: TestDatabase.all)
  func partlyWrongRule(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor()
    try await engine.run(channels: [FakeChannel<EmailName>(vendor)]) { bench in
      try await bench.tamper(
        "INSERT INTO def_notify (NotifyCode, NotifyName, NotifyChannels) VALUES ('INCIDENT_HIGH', 'x', 'SLAK,EMAIL:a@b.c')"
      )
      let guid = try await bench.incidents.receive([Sample.alert("a")]).opened[0]
      let messages = try await bench.incidents.communications(of: guid)
      let byChannel = Dictionary(uniqueKeysWithValues: messages.map { ($0.channel ?? "", $0) })
      #expect(byChannel["EMAIL"]?.status == "PENDING")
      #expect(byChannel["SLAK"]?.status == "FAILED")
      #expect(byChannel["SLAK"]?.errorMessage?.contains("did you mean SLACK?") == true)
    }
  }

  /// Failure: the same, so wrong that it cannot be read.
  @Test("A rule that cannot be read never keeps an alert out", arguments: TestDatabase.all)
  func unreadableRule(_ engine: TestDatabase) async throws {
    try await engine.run { bench in
      try await bench.loosen("def_notify", "UpdatedAt")
      try await bench.tamper(
        """
        INSERT INTO def_notify (NotifyCode, NotifyName, NotifyChannels, UpdatedAt)
        VALUES ('INCIDENT_HIGH', 'x', 'EMAIL', '21.11.2026')
        """)
      let guid = try await bench.incidents.receive([Sample.alert("a")]).opened[0]
      let events = try await bench.incidents.timeline(of: guid)
      #expect(events.map(\.eventType) == [.incidentCreated, .alertLinked, .notificationFailed])
      #expect(events.last?.description.contains("Nobody was told under INCIDENT_HIGH") == true)
    }
  }

  @Test(
    "Blank names, packages and fingerprints from a sender are as good as none",
    arguments: [
      (#"{"alertname": " ", "severity": "critical", "package": "", "job": "node"}"#, "Alert without a name", "node"),
      (#"{"alertname": "X", "severity": "critical", "package": " ", "service": " "}"#, "X", "alertmanager"),
    ])
  func blanks(_ labels: String, _ title: String, _ package: String) throws {
    func body(_ labels: String) -> Data {
      Data(
        """
        {"version": "4", "groupKey": "g", "alerts": [{"status": "firing", "labels": \(labels), "fingerprint": "",
         "annotations": {"summary": "  "}, "startsAt": "2026-11-21T10:00:00Z"}]}
        """.utf8)
    }
    let alert = try Alertmanager.alerts(in: body(labels))[0]
    #expect(alert.title == title)
    #expect(alert.package == package)
    let other = try Alertmanager.alerts(in: body(#"{"alertname": "other"}"#))[0]
    #expect(alert.dedupKey != other.dedupKey && !alert.dedupKey.isEmpty)
  }
}
