import Foundation
import TestSupport
import Testing
import Tocsin

@testable import Channels

@Suite struct MQTTFailureTests {
  private let message = OutboundMessage.sample(to: "tocsin")
  private let quick = TimeOuts(connect: 1, total: 1)

  @Test func aBrokerThatIsDownIsTriedAgainAndNamed() async throws {
    let port = try await DebianPeer.freePort()
    let mqtt = try MQTT(settings: ["url": "mqtt://127.0.0.1:\(port)"])
    let failure = try #require(await mqtt.refusal(of: message))
    #expect(failure.isRetryable && failure.reason == "mqtt://127.0.0.1:\(port): connection refused")
    #expect(await mqtt.probe() == failure.reason)
  }

  @Test func aNameThatDoesNotExistIsTriedAgain() async throws {
    let mqtt = try MQTT(settings: ["url": "mqtt://nowhere.invalid"], timeOuts: TimeOuts(connect: 5, total: 5))
    #expect(try #require(await mqtt.refusal(of: message)).isRetryable)
  }

  @Test(arguments: ["silent", "no_puback"])
  func aBrokerThatSaysNothingIsLeftAfterTheTimeOut(mode: String) async throws {
    try await FakeBroker.with(mode: mode) { broker in
      let mqtt = try MQTT(broker, timeOuts: quick)
      let start = ContinuousClock.now
      let failure = try #require(await mqtt.refusal(of: message))
      #expect(ContinuousClock.now - start < .seconds(2))
      #expect(failure.isRetryable && failure.reason.contains("in time"), "\(failure)")
      // The next one gets a connection of its own.
      #expect(await mqtt.refusal(of: message)?.isRetryable == true)
      if mode == "no_puback" { #expect(broker.packets.count { $0.packet == "CONNECT" } == 2) }
      #expect(broker.packets.allSatisfy { $0.dup != 1 })
    }
  }

  @Test func aConnectionThatBreaksBeforeTheConfirmationIsTriedAgain() async throws {
    try await FakeBroker.with(mode: "drop") { broker in
      let failure = try #require(await MQTT(broker).refusal(of: message))
      #expect(failure.isRetryable && failure.reason.contains("closed the connection"), "\(failure)")
    }
  }

  @Test func aBrokerThatHangsUpAtOnceIsTriedAgain() async throws {
    try await FakeBroker.with(mode: "close") { broker in
      let failure = try #require(await MQTT(broker).refusal(of: message))
      #expect(failure.isRetryable)
      #expect(broker.packets.map(\.level) == [5, 4])
    }
  }

  @Test(arguments: ["old", "old_close"])
  func aBrokerThatKnowsOnlyTheOldVersionGetsThat(mode: String) async throws {
    try await FakeBroker.with(mode: mode) { broker in
      let mqtt = try MQTT(broker)
      _ = try await mqtt.send(message)
      _ = try await mqtt.send(message)
      #expect(broker.packets.map(\.packet) == ["CONNECT", "CONNECT"] + Array(repeating: "PUBLISH", count: 4))
      #expect(broker.packets.map(\.level) == [5, 4, 4, 4, 4, 4])
    }
  }

  /// In 3.1.1 a PUBACK cannot refuse, so what the broker's access list forbids would be called sent for ever.
  @Test func afterAConnectionByTheOldVersionTheNewOneIsTriedAgain() async throws {
    try await FakeBroker.with(mode: "upgraded", puback: 0x87) { broker in
      let mqtt = try MQTT(broker)
      _ = try await mqtt.send(message)
      let failure = try await eventually("it is refused", within: 5) {
        let failure = await mqtt.refusal(of: message)
        return failure?.isPermanent == true ? failure : nil
      }
      #expect(failure.reason.contains("access list (135)"))
      let connects = broker.packets.filter { $0.packet == "CONNECT" }.map(\.level)
      #expect(connects == [5, 4, 5])
    }
  }

  @Test(arguments: [
    (0x80, true), (0x83, true), (0x87, false), (0x90, false), (0x91, true), (0x95, false), (0x97, true), (0x99, false),
  ])
  func aRefusalByPUBACKIsAFailure(code: Int, isRetryable: Bool) async throws {
    try await FakeBroker.with(puback: code, echo: "hunter2") { broker in
      let failure = try #require(await MQTT(broker).refusal(of: message))
      #expect(failure.isRetryable == isRetryable)
      #expect(failure.reason.contains("(\(code))") && !failure.reason.contains("hunter2"))
    }
  }

  @Test func noSubscribersAreNoFailure() async throws {
    try await FakeBroker.with(puback: 0x10) { broker in _ = try await MQTT(broker).send(message) }
  }

  @Test(arguments: [
    (0x80, true), (0x86, false), (0x87, false), (0x88, true), (0x89, true), (0x8A, false), (0x9C, false), (0x9F, true),
  ])
  func aRefusalByCONNACKIsAFailure(code: Int, isRetryable: Bool) async throws {
    try await FakeBroker.with(connack: code, echo: "hunter2") { broker in
      let mqtt = try MQTT(broker)
      let failure = try #require(await mqtt.refusal(of: message))
      #expect(failure.isRetryable == isRetryable)
      #expect(failure.reason.contains("(\(code))") && !failure.reason.contains("hunter2"))
      #expect(await mqtt.probe() == failure.reason)
    }
  }

  @Test func onlyTheRightPasswordLogsIn() async throws {
    let scratch = Scratch()
    let passwords = try MosquittoBroker.file(scratch, "passwords", "tocsin:correct horse\n")
    _ = try await Program().run(program: DebianPeer.path("mosquitto_passwd"), ["-U", passwords])
    try await MosquittoBroker.with(["password_file \(passwords)"]) { broker in
      let right = try MQTT(broker, ["username": "tocsin", "password": "correct horse"])
      _ = try await right.send(message)
      #expect(await right.probe() == nil)
      for settings in [["username": "tocsin", "password": "staple"], [:]] {
        let failure = try #require(await MQTT(broker, settings).refusal(of: message))
        #expect(failure.isPermanent && failure.reason.contains("password"), "\(failure)")
        #expect(!failure.reason.contains("staple"))
      }
    }
  }

  @Test func aBrokerThatDoesNotAllowTheTopicRefusesForGood() async throws {
    let scratch = Scratch()
    let list = try MosquittoBroker.file(scratch, "acl", "topic readwrite other/#\n")
    try await MosquittoBroker.with(["allow_anonymous true", "acl_file \(list)"]) { broker in
      let failure = try #require(await MQTT(broker).refusal(of: message))
      #expect(failure.isPermanent && failure.reason.contains("access list (135)"), "\(failure)")
      _ = try await MQTT(broker, ["topic": "other"]).send(.sample(to: "other"))
    }
  }

  @Test func aBrokerThatComesBackIsFoundByTheNextMessage() async throws {
    try await MosquittoBroker.with { broker in
      let mqtt = try MQTT(broker)
      _ = try await mqtt.send(message)
      broker.stop(SIGKILL)
      _ = try await eventually("the connection is lost") { await mqtt.refusal(of: message) }
      try await broker.start()
      _ = try await mqtt.send(message)
    }
  }

  @Test func messagesThatHangHoldUpNothingElse() async throws {
    try await FakeBroker.with(mode: "no_puback") { broker in
      let mqtt = try MQTT(broker, timeOuts: TimeOuts(connect: 3, total: 3))
      let sends = (0..<20).map { _ in
        Task {
          _ = await mqtt.refusal(of: message)
          return ContinuousClock.now
        }
      }
      try await Task.sleep(for: .milliseconds(200))
      for _ in 0..<100 { await Task.detached {}.value }
      let otherWorkDone = ContinuousClock.now
      for send in sends { #expect(await send.value > otherWorkDone) }
    }
  }

  @Test func aMachineWithoutLibmosquittoIsToldWhatToInstall() async throws {
    let mqtt = try MQTT(
      settings: ["url": "mqtt://127.0.0.1:1"], timeOuts: quick, library: "libmosquitto-of-nowhere.so.1")
    let failure = try #require(await mqtt.refusal(of: message))
    #expect(failure.isRetryable && failure.reason.contains("libmosquitto1"))
    #expect(await mqtt.probe() == failure.reason)
  }
}
