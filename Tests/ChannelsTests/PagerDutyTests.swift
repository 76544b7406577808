import Foundation
import TestSupport
import Testing
import Tocsin

@testable import Channels

@Suite struct PagerDutyTests {
  private static let key = "R0123456789abcdefghijABCDEFGHIJ1"
  private static let other = "R0123456789abcdefghijABCDEFGHIJ2"
  private static let incident = "019aa8c1-0000-7000-8000-000000000001"

  private func with(_ body: (FakePagerDuty, PagerDuty) async throws -> Void) async throws {
    let fake = FakePagerDuty(keys: Self.key, Self.other)
    try await fake.serve { receiver in
      try await body(fake, PagerDuty(settings: ["routing_key": Self.key, "base_url": receiver.url("/")]))
    }
  }

  private let message = OutboundMessage.sample(to: key)

  @Test func thePeerBehavesAsPagerDutysOwnClientExpects() async throws {
    let fake = FakePagerDuty(keys: Self.key)
    try await fake.serve { receiver in
      _ = try PythonVenv.run("pagerduty_client.py", [receiver.url(""), Self.key])
    }
    #expect(fake.actions == ["trigger", "acknowledge", "resolve"])
  }

  @Test func aNotificationOpensAnAlertWithEverythingInIt() async throws {
    try await with { fake, channel in
      let receipt = try await channel.send(message)
      #expect(receipt == Receipt(externalId: Self.incident))
      let event = try #require(fake.events.first)
      #expect(
        event["payload"]?["summary"] == "HIGH · The disk is full. [Ref: REF-20261121-ABC] · STORAGE · REF-20261121-ABC")
      #expect(event["payload"]?["severity"] == "error")
      #expect(event["payload"]?["source"] == "tocsin.example.com")
      #expect(event["payload"]?["component"] == "STORAGE")
      #expect(event["payload"]?["group"] == "STORAGE")
      #expect(event["payload"]?["timestamp"] == "2026-11-18T11:06:40.000Z")
      #expect(event["client"] == "Tocsin")
      #expect(event["client_url"]?.string == message.incidentURL)
      #expect(event["links"]?[0]?["href"]?.string == message.incidentURL)
      let details = event["payload"]?["custom_details"]
      #expect(details?["short_ref"] == "REF-20261121-ABC")
      #expect(details?["message"]?.string == message.text)
      #expect(details?["incident_guid"]?.string == Self.incident)
      #expect(details?.object?.count == 20)
    }
  }

  @Test func theAlertFollowsTheIncident() async throws {
    try await with { fake, channel in
      _ = try await channel.send(message)
      #expect(fake.alert(Self.incident, key: Self.key) == .triggered)
      _ = try await channel.send(message.update(.statusChange, .investigating))
      #expect(fake.alert(Self.incident, key: Self.key) == .acknowledged)
      _ = try await channel.send(message.update(.statusChange, .monitoring))
      _ = try await channel.send(message.update(.incidentClosed, .closed))
      #expect(fake.alert(Self.incident, key: Self.key) == .resolved)
      _ = try await channel.send(message.update(.incidentReopened, .investigating))
      #expect(fake.alert(Self.incident, key: Self.key) == .triggered)
      #expect(fake.actions == ["trigger", "acknowledge", "acknowledge", "resolve", "trigger"])
      #expect(fake.opened == 2)
      #expect(channel.follows == [.statusChange, .incidentClosed, .incidentReopened, .incidentMerged])
    }
  }

  @Test func eachActionTenTimesIsOneAlert() async throws {
    try await with { fake, channel in
      let steps = [message, message.update(.statusChange, .investigating), message.update(.incidentClosed, .closed)]
      for step in steps { for _ in 1...10 { _ = try await channel.send(step) } }
      #expect(fake.opened == 1)
      #expect(fake.alert(Self.incident, key: Self.key) == .resolved)
    }
  }

  @Test func aLateMessageOfAClosedIncidentOpensNothing() async throws {
    try await with { fake, channel in
      let closed = message.with { $0.incident.status = .closed }
      for late in [closed, closed.update(.statusChange, .closed), closed.update(.incidentReopened, .closed)] {
        _ = try await channel.send(late)
      }
      #expect(fake.actions == ["resolve", "resolve", "resolve"])
      #expect(fake.opened == 0)
    }
  }

  @Test func aMergeResolvesTheAlertOfTheOneAndLeavesTheOther() async throws {
    try await with { fake, channel in
      let source = "019aa8c1-0000-7000-8000-00000000000a"
      // After the merge both conversations carry the incident that is left.
      let merged = message.with { $0.conversation = source }
      _ = try await channel.send(merged.with { $0.incident = .sample(title: "Disk full", guid: source) })
      _ = try await channel.send(message)
      _ = try await channel.send(merged.update(.incidentMerged, .investigating))
      _ = try await channel.send(message.update(.incidentMerged, .investigating))
      #expect(fake.alert(source, key: Self.key) == .resolved)
      #expect(fake.alert(Self.incident, key: Self.key) == .acknowledged)
      _ = try await channel.send(merged.update(.incidentReopened, .investigating))
      #expect(fake.alert(source, key: Self.key) == .resolved)
    }
  }

  @Test func aNotificationThatComesAfterTheMergeLeadsToTheIncidentThatIsLeft() async throws {
    try await with { fake, channel in
      let source = "019aa8c1-0000-7000-8000-00000000000a"
      let late = message.with { $0.conversation = source }
      _ = try await channel.send(late.update(.incidentMerged, .created))
      #expect(try await channel.send(late).externalId == Self.incident)
      #expect(fake.alert(source, key: Self.key) == nil && fake.alert(Self.incident, key: Self.key) == .triggered)
      _ = try await channel.send(message.update(.incidentClosed, .closed))
      #expect(fake.alert(Self.incident, key: Self.key) == .resolved)
    }
  }

  @Test func aTestOpensAnAlertOfItsOwnAndResolvesIt() async throws {
    try await with { fake, channel in
      let receipt = try await channel.send(.sample(to: Self.key, .test, url: nil))
      #expect(receipt.externalId == "019aa8c1-0000-7000-8000-0000000000ff")
      #expect(fake.actions == ["trigger", "resolve"])
      #expect(fake.events.map { $0["payload"]?["severity"] } == ["info", "info"])
      #expect(fake.alert(receipt.externalId, key: Self.key) == .resolved)
    }
  }

  @Test func aReportIsRefused() async throws {
    try await with { fake, channel in
      #expect(await channel.refusal(of: .sample(to: Self.key, .report))?.isPermanent == true)
      #expect(fake.events.isEmpty)
    }
  }

  @Test func anotherTargetIsAnotherService() async throws {
    try await with { fake, channel in
      _ = try await channel.send(.sample(to: Self.other))
      #expect(fake.alert(Self.incident, key: Self.other) == .triggered)
      #expect(fake.alert(Self.incident, key: Self.key) == nil)
      #expect(channel.shown(Self.other) == "R012…")
      let destinations = [Self.other, String(Self.other.dropLast()) + "x"].map { channel.destination(of: $0) }
      #expect(Set(destinations).count == 2, "two keys that begin alike are two destinations")
      #expect(!destinations[0].contains(Self.other))
      for target in ["", "short", Self.key + "x", String(repeating: "ü", count: 32), String(repeating: " ", count: 32)]
      {
        #expect(channel.fault(inTarget: target) != nil)
        #expect(await channel.refusal(of: .sample(to: target))?.isPermanent == true)
      }
    }
  }

  @Test(arguments: [
    (Severity.critical, "critical"), (.high, "error"), (.medium, "warning"), (.low, "info"),
  ])
  func everySeverityHasItsCounterpart(severity: Severity, word: String) {
    let event = PagerDutyEvent(message.with { $0.incident.severity = severity }, .trigger)
    #expect(event.payload.severity == word)
  }

  @Test func hostileTextIsTakenWhole() async throws {
    try await with { fake, channel in
      for text in allHostileTexts { _ = try await channel.send(.hostile(text, to: Self.key)) }
      #expect(fake.events.count == allHostileTexts.count)
      for (text, event) in zip(allHostileTexts, fake.events) {
        let summary = event["payload"]?["summary"]?.string ?? ""
        #expect(summary.hasPrefix("HIGH · ") && summary.hasSuffix(" · REF-20261121-ABC"))
        #expect(!summary.unicodeScalars.contains { Unseen.contains($0) && $0 != "\t" })
        guard text.utf8.count < 60_000 else { continue }
        #expect(event["payload"]?["custom_details"]?["message"]?.string.map { Array($0.utf8) } == Array(text.utf8))
      }
    }
  }

  @Test(arguments: [-1, 0, 1, 2, 300_000])
  func onlyAnEventBeyondTheLimitIsCutAndKeepsItsReference(excess: Int) throws {
    var long = message
    long.text = ""
    let empty = try #require(PagerDutyEvent(long, .trigger).fitted()).count
    // Two bytes each on the wire, and one more where that does not come out even.
    let count = PagerDutyEvent.longest - empty + excess
    long.text = String(repeating: "\"", count: count / 2) + (count % 2 == 1 ? "x" : "")
    let bytes = try #require(PagerDutyEvent(long, .trigger).fitted())
    let sent = JSONValue(Data(bytes))?["payload"]?["custom_details"]?["message"]?.string
    #expect(bytes.count <= PagerDutyEvent.longest && bytes.count > PagerDutyEvent.longest - 8)
    #expect((sent == long.text) == (excess <= 0))
    #expect(excess <= 0 || sent?.hasSuffix("…\n[Ref: REF-20261121-ABC]") == true)
  }

  @Test(arguments: [1023, 1024, 1025])
  func onlyASummaryBeyondTheLimitIsCut(length: Int) {
    let rest = "HIGH ·  · STORAGE · REF-20261121-ABC".utf16.count
    let title = String(repeating: "x", count: length - rest)
    let summary = PagerDutyEvent(message.with { $0.incident.title = title }, .trigger).payload.summary
    #expect(summary.utf16.count == min(length, 1024))
    #expect(summary.contains(title) == (length <= 1024))
    #expect(summary.hasSuffix("\(length <= 1024 ? "" : "…") · STORAGE · REF-20261121-ABC"))
  }
}
