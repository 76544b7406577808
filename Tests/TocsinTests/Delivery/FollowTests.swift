import TestSupport
import Testing

@testable import Tocsin

@Suite("Following an incident")
struct FollowTests {
  private func notified(_ bench: TestBench, _ targets: String...) async throws -> Incident {
    let incident = try await bench.incident()
    let channels = targets.map { "DISCORD:\($0)" }.joined(separator: ",")
    try await bench.incidents.setNotifyRule("R", name: "r", channels: channels + ",SLACK")
    try await bench.incidents.notify(incident.incidentGuid, notifyCode: "R")
    return incident
  }

  @Test(
    "Each change goes once to each target that was told, on channels that follow, with the first message's proof",
    arguments: TestDatabase.all)
  func changes(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor()
    let channels: [any Channel] = [FakeChannel<FollowingName>(vendor), FakeChannel<SlackName>(FakeVendor())]
    try await engine.run(channels: channels) { bench in
      let incident = try await notified(bench, "a", "b")
      let id = incident.incidentGuid
      // Told twice: still one conversation.
      try await bench.incidents.notify(id, notifyCode: "R")
      let firsts = vendor.received.prefix(2).map(\.shortRef)
      try await bench.incidents.updateStatus(id, to: .investigating, by: "dba1")
      try await bench.incidents.update(id, IncidentChanges(severity: .high, assignedTo: "dba2"), by: "dba1")
      try await bench.incidents.close(id, resolutionSummary: "fixed", by: "dba1")
      try await bench.incidents.updateStatus(id, to: .investigating, by: "dba1")
      _ = try await Dispatcher(bench.incidents).runOnce()

      let updates = vendor.received.filter { $0.kind == .update }
      for target in ["a", "b"] {
        let own = updates.filter { $0.target == target }
        #expect(
          own.map(\.event) == [
            .statusChange, .severityChange, .assignmentChange, .incidentClosed, .incidentReopened,
          ])
        #expect(own.allSatisfy { $0.first.map { firsts.contains($0.shortRef) } == true })
        #expect(own.first?.text.hasPrefix("Status changed from CREATED to INVESTIGATING by dba1\n") == true)
        #expect(own.allSatisfy { $0.text.hasSuffix("[Ref: \($0.shortRef)]") && $0.conversation == id })
      }
      #expect(updates.count == 10)
      let rows = try await bench.incidents.communications(of: id, channel: "DISCORD")
      #expect(rows.count == 14 && rows.allSatisfy { $0.status == "SENT" })
      #expect(try await bench.events(of: id).count { $0 == .notificationSent } == 16)
    }
  }

  /// Failure: the vendor refuses for good, so there is nothing there that could be kept up to date.
  @Test("Who was never told hears of no change; nor does anybody of notes and alerts", arguments: TestDatabase.all)
  func never(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor(.refuse("no such room"))
    try await engine.run(channels: [FakeChannel<FollowingName>(vendor), FakeChannel<SlackName>(FakeVendor())]) {
      bench in
      let incident = try await notified(bench, "a")
      vendor.answer(.accept)
      try await bench.incidents.updateStatus(incident.incidentGuid, to: .investigating)
      try await bench.incidents.addNote(incident.incidentGuid, type: .general, content: "note")
      #expect(try await Dispatcher(bench.incidents).runOnce() == 0)
      #expect(vendor.received.count == 1)
    }
  }

  /// Failure: the command that changes the incident has no channels configured.
  @Test("A change made by a process without channels is passed on by one that has them", arguments: TestDatabase.all)
  func withoutChannels(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor()
    try await engine.run(channels: [FakeChannel<FollowingName>(vendor), FakeChannel<SlackName>(FakeVendor())]) {
      bench in
      let incident = try await notified(bench, "a")
      try await bench.with(channels: []).close(incident.incidentGuid, by: "dba1")
      #expect(try await bench.incidents.sendUpdates(since: .distantPast, patience: 5).isEmpty)
      #expect(vendor.received.map(\.kind) == [.notification, .update])
      #expect(vendor.received.last?.incident.status == .closed)
    }
  }

  @Test(
    "A merge ends the source's conversations under the source's own key; the target's go on",
    arguments: TestDatabase.all)
  func merge(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor()
    try await engine.run(channels: [FakeChannel<FollowingName>(vendor), FakeChannel<SlackName>(FakeVendor())]) {
      bench in
      let source = try await notified(bench, "a")
      let target = try await notified(bench, "a")
      try await bench.incidents.merge(source.incidentGuid, into: target.incidentGuid, by: "dba1")
      try await bench.incidents.close(target.incidentGuid, by: "dba1")
      _ = try await Dispatcher(bench.incidents).runOnce()
      let updates = vendor.received.filter { $0.kind == .update }
      #expect(updates.map(\.event) == [.incidentMerged, .incidentClosed])
      #expect(updates.map(\.conversation) == [source.incidentGuid, target.incidentGuid])
      #expect(try await bench.incidents.verifyTimeline().firstFault == nil)
      #expect(try await bench.incidents.communications(of: target.incidentGuid).count == 6)
    }
  }

  @Test(
    "Changes come in the order in which they were made, also when the vendor is away for a while",
    arguments: TestDatabase.all)
  func order(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor()
    try await engine.run(channels: [FakeChannel<FollowingName>(vendor), FakeChannel<SlackName>(FakeVendor())]) {
      bench in
      let incident = try await notified(bench, "a")
      vendor.answer(.refuseForNow("away"))
      for number in 1...20 {
        try await bench.incidents.update(incident.incidentGuid, IncidentChanges(title: "Title \(number)"))
        _ = try await Dispatcher(bench.incidents).runOnce()
        bench.clock.advance(by: 1)
      }
      vendor.answer(.accept)
      for _ in 0..<3 {
        bench.clock.advance(by: 60)
        _ = try await Dispatcher(bench.incidents).runOnce()
      }
      let accepted = try await bench.incidents.communications(of: incident.incidentGuid, channel: "DISCORD")
      #expect(accepted.count == 21 && accepted.allSatisfy { $0.status == "SENT" })
      var last: [String: Int] = [:]
      for (index, message) in vendor.received.enumerated() { last[message.shortRef] = index }
      let order = accepted.reversed().compactMap { last[$0.shortRef] }
      #expect(order == order.sorted())
    }
  }

  /// Failure: a second notification of the same target is refused for good.
  @Test("A later notification that failed does not end the conversation", arguments: TestDatabase.all)
  func laterFailed(_ engine: TestDatabase) async throws {
    let vendor = FakeVendor()
    try await engine.run(channels: [FakeChannel<FollowingName>(vendor), FakeChannel<SlackName>(FakeVendor())]) {
      bench in
      let incident = try await notified(bench, "a")
      vendor.answer(.refuse("no"))
      try await bench.incidents.notify(incident.incidentGuid, notifyCode: "R")
      vendor.answer(.accept)
      try await bench.incidents.close(incident.incidentGuid)
      #expect(try await Dispatcher(bench.incidents).runOnce() == 0)
      #expect(vendor.received.last?.event == .incidentClosed)
    }
  }
}
