import Foundation
import TestSupport
import Testing
import Tocsin

@testable import Channels

/// What a real subscriber gets from a real broker.
@Suite struct MQTTDeliveryTests {
  static let guid = "019aa8c1-0000-7000-8000-000000000001"
  static let communication = "019aa8c1-0000-7000-8000-0000000000ff"

  @Test func aMessageArrivesAsAnEventAndAsTheIncidentsState() async throws {
    try await MosquittoBroker.with { broker in
      let subscriber = try await broker.subscribe()
      let receipt = try await MQTT(broker).send(.sample(to: "tocsin"))
      #expect(receipt.externalId == Self.communication)
      let messages = try await subscriber.messages(2)
      #expect(messages.map(\.topic) == ["event", "state"].map { "tocsin/v1/incident/\(Self.guid)/\($0)" })
      #expect(messages.map(\.qos) == [1, 1])
      #expect(messages.allSatisfy { $0.properties?.contentType == "application/json" })
      #expect(
        messages.allSatisfy { $0.properties?.userProperties == ["communication_guid": Self.communication] },
        "\(subscriber.output)")
      #expect(messages.map { $0.properties?.messageExpiryInterval } == [86_400, nil])
      let event = try messages[0].object()
      #expect(event["communication_guid"] as? String == Self.communication)
      #expect(event["short_ref"] as? String == "REF-20261121-ABC")
      #expect(event["kind"] as? String == "NOTIFICATION")
      #expect(event["event"] is NSNull)
      #expect(event["text"] as? String == "The disk is full.\n[Ref: REF-20261121-ABC]")
      #expect((event["incident"] as? [String: Any])?["severity"] as? String == "HIGH")
      #expect(try messages[1].object()["status"] as? String == "CREATED")
    }
  }

  @Test func whoComesLaterFindsTheStateAndNoEvents() async throws {
    try await MosquittoBroker.with { broker in
      let mqtt = try MQTT(broker)
      _ = try await mqtt.send(.sample(to: "tocsin"))
      var update = OutboundMessage.sample(to: "tocsin", .update)
      (update.event, update.incident.status) = (.incidentClosed, .closed)
      _ = try await mqtt.send(update)
      let late = try await broker.subscribe("tocsin/#")
      let messages = try await late.messages(1)
      #expect(messages.map(\.topic) == ["tocsin/v1/incident/\(Self.guid)/state"])
      #expect(messages[0].retain == 1)
      #expect(try messages[0].object()["status"] as? String == "CLOSED")
    }
  }

  @Test func aMergedIncidentIsSaidToBeClosedAndWhereItWent() async throws {
    try await MosquittoBroker.with { broker in
      var update = OutboundMessage.sample(to: "tocsin", .update)
      (update.event, update.conversation) = (.incidentMerged, "019aa8c1-0000-7000-8000-000000000002")
      _ = try await MQTT(broker).send(update)
      let late = try await broker.subscribe("tocsin/v1/incident/\(update.conversation)/state")
      let state = try await late.messages(1)[0].object()
      #expect(state["status"] as? String == "CLOSED")
      #expect(state["merged_into_guid"] as? String == Self.guid)
    }
  }

  @Test func aTestChangesNoState() async throws {
    try await MosquittoBroker.with { broker in
      let subscriber = try await broker.subscribe()
      _ = try await MQTT(broker).send(.sample(to: "tocsin", .test))
      let messages = try await subscriber.messages(1)
      #expect(messages.map { $0.topic.hasSuffix("/event") } == [true])
    }
  }

  @Test(arguments: [("lab/alarms", "tocsin/lab/alarms"), ("tocsin/lab", "tocsin/lab"), ("tocsin", "tocsin")])
  func everyTargetIsBelowThePrefix(target: String, root: String) async throws {
    try await MosquittoBroker.with { broker in
      let subscriber = try await broker.subscribe("\(root)/v1/#")
      _ = try await MQTT(broker).send(.sample(to: target))
      #expect(try await subscriber.messages(2).count == 2)
    }
  }

  @Test func hostileTextArrivesAsItIsAndOnlyInThePayload() async throws {
    try await MosquittoBroker.with { broker in
      let mqtt = try MQTT(broker)
      let texts = hostileTexts + ["a/+/#/b", "nul\u{0}nul", longLine]
      let subscriber = try await broker.subscribe("tocsin/v1/incident/+/event")
      for text in texts { _ = try await mqtt.send(.sample(to: "tocsin", text: text)) }
      let messages = try await subscriber.messages(texts.count)
      #expect(try messages.map { try $0.object()["text"] as? String } == texts)
      #expect(Set(messages.map(\.topic)).count == 1)
    }
  }

  @Test func manyMessagesShareOneConnection() async throws {
    try await MosquittoBroker.with { broker in
      let mqtt = try MQTT(broker)
      try await withThrowingTaskGroup { group in
        for _ in 0..<200 { group.addTask { _ = try await mqtt.send(.sample(to: "tocsin")) } }
        try await group.waitForAll()
      }
      #expect(broker.log.matches(of: /New client connected/).count == 1)
    }
  }

  @Test func aChannelThatIsLetGoOfSaysGoodbye() async throws {
    try await MosquittoBroker.with { broker in
      _ = try await MQTT(broker).send(.sample(to: "tocsin"))
      _ = try await eventually("DISCONNECT") { broker.log.contains("Received DISCONNECT") ? true : nil }
    }
  }

  @Test func withQualityOfService2TheProofIsTheWholeHandshake() async throws {
    try await MosquittoBroker.with { broker in
      let subscriber = try await broker.subscribe()
      _ = try await MQTT(broker, ["qos": "2"]).send(.sample(to: "tocsin"))
      #expect(try await subscriber.messages(2).map(\.qos) == [2, 2])
      #expect(broker.log.matches(of: /Sending PUBCOMP to tocsin/).count == 2)
    }
  }

  @Test func aBrokerThatTakesLessThan2Gets1AndOneThatConfirmsNothingIsRefused() async throws {
    try await MosquittoBroker.with(["allow_anonymous true", "max_qos 1"]) { broker in
      _ = try await MQTT(broker, ["qos": "2"]).send(.sample(to: "tocsin"))
      #expect(broker.log.contains("Sending PUBACK"))
    }
    try await MosquittoBroker.with(["allow_anonymous true", "max_qos 0"]) { broker in
      let failure = try #require(await MQTT(broker).refusal(of: .sample(to: "tocsin")))
      #expect(failure.isPermanent && failure.reason.contains("quality of service"), "\(failure)")
    }
  }
}

extension MQTT {
  init(_ broker: MosquittoBroker, _ more: [String: String] = [:], timeOuts: TimeOuts = TimeOuts()) throws {
    let settings = ["url": "mqtt://127.0.0.1:\(broker.port)"].merging(more) { $1 }
    try self.init(settings: settings, timeOuts: timeOuts)
  }

  init(_ broker: FakeBroker, _ more: [String: String] = [:], timeOuts: TimeOuts = TimeOuts()) throws {
    let settings = ["url": "mqtt://127.0.0.1:\(broker.port)"].merging(more) { $1 }
    try self.init(settings: settings, timeOuts: timeOuts)
  }
}
