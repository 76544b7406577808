import Foundation
import TestSupport
import Testing

@testable import Tocsin

@Suite("Storms")
struct StormTests {
  private func alert(_ number: Int, _ severity: Severity = .high) -> ReceivedAlert {
    ReceivedAlert(
      source: "alertmanager", dedupKey: "key-\(number)", status: .firing, severity: severity, package: "NET",
      title: "Link \(number) down", description: nil, labels: ["n": "\(number)"], groupKey: "group-\(number)",
      url: nil, startsAt: Date(timeIntervalSince1970: 1_795_000_000), endsAt: nil)
  }

  private func rules(_ bench: TestBench, _ channel: String = "WHATSAPP:room") async throws {
    for code in ["INCIDENT_HIGH", "INCIDENT_CRITICAL"] {
      try await bench.incidents.setNotifyRule(code, name: "r", channels: channel)
    }
  }

  @Test(
    "Of a storm of alerts a target gets the first, the first CRITICAL, and then bundles that name every REF",
    arguments: TestDatabase.all)
  func bundles(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor()
    try await engine.run(channels: [FakeChannel<RatedName>(vendor)]) { bench in
      try await rules(bench)
      for number in 0..<30 {
        try await bench.incidents.receive([alert(number, number == 7 ? .critical : .high)])
        _ = try await Dispatcher(bench.incidents).runOnce()
      }
      #expect(vendor.received.map(\.incident.title) == ["Link 0 down", "Link 7 down"])
      bench.clock.advance(by: Storm.hold)
      #expect(try await Dispatcher(bench.incidents).runOnce() == 0)
      #expect(vendor.received.count == 3)
      let bundle = try #require(vendor.received.last)
      #expect(bundle.incidents == 28 && bundle.text.hasPrefix("28 incidents: 28 HIGH\n"))
      #expect(bundle.text.hasSuffix("\n[Ref: \(bundle.shortRef)]"))
      let all = try await bench.incidents.list().items
      #expect(all.count == 30)
      for incident in all {
        let message = try #require(try await bench.incidents.communications(of: incident.incidentGuid).first)
        #expect(message.status == "SENT")
        #expect(vendor.received.contains { $0.text.contains(message.shortRef) })
        #expect(try await bench.events(of: incident.incidentGuid).last == .notificationSent)
      }
      #expect(try await bench.incidents.verifyTimeline().firstFault == nil)
    }
  }

  @Test("A message that was held and stayed alone goes out as it is", arguments: TestDatabase.all)
  func alone(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor()
    try await engine.run(channels: [FakeChannel<RatedName>(vendor)]) { bench in
      try await rules(bench)
      try await bench.incidents.receive([alert(0), alert(1)])
      _ = try await Dispatcher(bench.incidents).runOnce()
      bench.clock.advance(by: Storm.hold)
      _ = try await Dispatcher(bench.incidents).runOnce()
      #expect(vendor.received.map(\.incidents) == [1, 1])
      #expect(vendor.received.last?.text.hasPrefix("HIGH INCIDENT ALERT") == true)
      // Quiet for a minute: nobody was woken lately.
      bench.clock.advance(by: Storm.window)
      try await bench.incidents.receive([alert(2)])
      _ = try await Dispatcher(bench.incidents).runOnce()
      #expect(vendor.received.count == 3)
    }
  }

  /// Failure: the vendor took the bundle, but its answer was lost; meanwhile more has come. If the next attempt told of the
  /// newcomers too, a vendor that drops what it has already would drop them.
  @Test(
    "A bundle that is tried again tells of the same incidents; newcomers get their own", arguments: TestDatabase.all)
  func refusedBundle(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor()
    try await engine.run(channels: [FakeChannel<RatedName>(vendor)]) { bench in
      try await rules(bench)
      for number in 0..<5 { try await bench.incidents.receive([alert(number)]) }
      _ = try await Dispatcher(bench.incidents).runOnce()
      vendor.answer(.refuseForNow("away"))
      bench.clock.advance(by: Storm.hold)
      #expect(try await Dispatcher(bench.incidents).runOnce() == 4)
      try await bench.incidents.receive([alert(5), alert(6, .critical), alert(7, .critical)])
      vendor.answer(.accept)
      for _ in 0..<4 {
        bench.clock.advance(by: 20)
        _ = try await Dispatcher(bench.incidents).runOnce()
      }
      #expect(vendor.received.map(\.incidents).sorted() == [1, 1, 2, 4, 4])
      let bundles = vendor.received.filter { $0.incidents == 4 }
      #expect(Set(bundles.map(\.text)).count == 1 && Set(bundles.map(\.communicationGuid)).count == 1)
      let sent = try await bench.integer("SELECT count(*) FROM data_incident_communication WHERE Status = 'SENT'")
      #expect(sent == 8)
    }
  }

  @Test("A bundle that does not fit is split, and none of its lines is cut", arguments: TestDatabase.all)
  func split(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor()
    try await engine.run(channels: [FakeChannel<RatedName>(vendor)]) { bench in
      try await rules(bench)
      for number in 0..<60 { try await bench.incidents.receive([alert(number)]) }
      bench.clock.advance(by: Storm.hold)
      for _ in 0..<10 {
        _ = try await Dispatcher(bench.incidents).runOnce()
        bench.clock.advance(by: 5)
      }
      let bundles = vendor.received.filter { $0.incidents > 1 }
      #expect(bundles.count > 1 && vendor.received.map(\.incidents).reduce(0, +) == 60)
      for bundle in bundles { #expect(bundle.text.unicodeScalars.count <= 2000) }
      let refs = try await bench.incidents.database.read { transaction in
        try transaction.rows("SELECT ShortRef FROM data_incident_communication").map { try $0.text("ShortRef") }
      }
      for ref in refs { #expect(vendor.received.contains { $0.text.contains(ref) }, "\(ref)") }
    }
  }

  @Test("What people sent by hand does not hold up an alert", arguments: TestDatabase.all)
  func afterManual(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor()
    try await engine.run(channels: [FakeChannel<RatedName>(vendor)]) { bench in
      try await rules(bench)
      let incident = try await bench.incident()
      try await bench.incidents.notify(incident.incidentGuid, notifyCode: "INCIDENT_CRITICAL")
      try await bench.incidents.receive([alert(1)])
      #expect(try await Dispatcher(bench.incidents).runOnce() == 0)
      #expect(vendor.received.count == 2)
    }
  }

  @Test("What people send, and what goes to machines, is never held", arguments: TestDatabase.all)
  func notHeld(_ engine: TestDatabase) async throws {
    let (people, machine) = (FakeVendor(), FakeVendor())
    try await engine.run(channels: [FakeChannel<RatedName>(people), FakeChannel<PagerDutyName>(machine)]) { bench in
      try await rules(bench, "PAGERDUTY:key")
      for number in 0..<9 { try await bench.incidents.receive([alert(number)]) }
      _ = try await Dispatcher(bench.incidents).runOnce()
      #expect(machine.received.count == 9)
      try await bench.incidents.setNotifyRule("R", name: "r", channels: "WHATSAPP:a,WHATSAPP:b")
      for incident in try await bench.incidents.list().items.prefix(2) {
        bench.clock.advance(by: 5)
        #expect(try await bench.incidents.notify(incident.incidentGuid, notifyCode: "R").sent == 2)
      }
      #expect(people.received.map(\.incidents) == [1, 1, 1, 1])
    }
  }

  @Test("Changes of bundled incidents are told too, and bundled likewise", arguments: TestDatabase.all)
  func followedBundle(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor()
    try await engine.run(channels: [FakeChannel<FollowingBundlesName>(vendor)]) { bench in
      try await rules(bench, "DISCORD:room")
      for number in 0..<6 { try await bench.incidents.receive([alert(number)]) }
      _ = try await Dispatcher(bench.incidents).runOnce()
      bench.clock.advance(by: Storm.hold)
      _ = try await Dispatcher(bench.incidents).runOnce()
      #expect(vendor.received.map(\.incidents) == [1, 5])
      for incident in try await bench.incidents.list().items { try await bench.incidents.close(incident.incidentGuid) }
      _ = try await Dispatcher(bench.incidents).runOnce()
      bench.clock.advance(by: Storm.hold)
      #expect(try await Dispatcher(bench.incidents).runOnce() == 0)
      #expect(vendor.received.map(\.incidents) == [1, 5, 1, 5])
      #expect(vendor.received.last?.text.contains("\nCLOSED HIGH Link 3 down (NET) REF-") == true)
    }
  }

  @Test("The most urgent incident leads its bundle", arguments: TestDatabase.all)
  func leads(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor()
    try await engine.run(channels: [FakeChannel<RatedName>(vendor)]) { bench in
      try await rules(bench)
      for (number, severity) in [Severity.high, .critical, .high, .critical, .critical].enumerated() {
        try await bench.incidents.receive([alert(number, severity)])
      }
      _ = try await Dispatcher(bench.incidents).runOnce()
      bench.clock.advance(by: Storm.hold)
      _ = try await Dispatcher(bench.incidents).runOnce()
      let bundle = try #require(vendor.received.last)
      #expect(bundle.incidents == 3 && bundle.incident.severity == .critical)
      #expect(bundle.text.split(separator: "\n")[1].hasPrefix("CRITICAL Link 3 down"))
    }
  }
}
