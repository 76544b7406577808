import Foundation
import TestSupport
import Testing
import Tocsin

@testable import Channels

/// The status topic, by a process of its own that listens as `tocsin serve` does.
@Suite struct MQTTPresenceTests {
  private func listener(_ broker: MosquittoBroker) throws -> RunningProgram {
    try Program().start(
      program: Program.folder + "/ChannelListener", ["mqtt", #"{"url": "mqtt://127.0.0.1:\#(broker.port)"}"#])
  }

  private func status(_ broker: MosquittoBroker, is word: String) async throws {
    _ = try await eventually("the status is \(word)") {
      let late = try await broker.subscribe("tocsin/v1/status")
      return try await late.messages(1).last?.payload == word ? true : nil
    }
  }

  @Test func aProcessThatIsKilledIsSaidToBeOffline() async throws {
    try await MosquittoBroker.with { broker in
      let running = try listener(broker)
      try await status(broker, is: "online")
      let subscriber = try await broker.subscribe("tocsin/v1/status")
      running.signal(SIGKILL)
      let messages = try await subscriber.messages(2)
      #expect(messages.map(\.payload) == ["online", "offline"])
      try await status(broker, is: "offline")
    }
  }

  @Test func aBrokerThatRestartsIsToldAgain() async throws {
    try await MosquittoBroker.with { broker in
      let running = try listener(broker)
      try await status(broker, is: "online")
      broker.stop(SIGKILL)
      try await Task.sleep(for: .milliseconds(300))
      try await broker.start()
      try await status(broker, is: "online")
      #expect(running.isRunning)
    }
  }

  @Test func ofTwoThatServeOneIsEnoughToBeOnline() async throws {
    try await MosquittoBroker.with { broker in
      let (first, second) = (try listener(broker), try listener(broker))
      try await status(broker, is: "online")
      _ = try await eventually("both have subscribed") {
        broker.log.matches(of: /Received SUBSCRIBE from tocsin/).count == 2 ? true : nil
      }
      let subscriber = try await broker.subscribe("tocsin/v1/status")
      first.signal(SIGKILL)
      #expect(try await subscriber.messages(3).map(\.payload) == ["online", "offline", "online"])
      #expect(second.isRunning)
    }
  }

  @Test func whoStopsListeningSaysGoodbye() async throws {
    try await MosquittoBroker.with { broker in
      let mqtt = try MQTT(broker)
      let task = Task { await mqtt.listen { _ in } }
      try await status(broker, is: "online")
      task.cancel()
      await task.value
      try await status(broker, is: "offline")
    }
  }

  @Test func sendingAloneDoesNotTouchTheStatus() async throws {
    try await MosquittoBroker.with { broker in
      let running = try listener(broker)
      try await status(broker, is: "online")
      let subscriber = try await broker.subscribe("tocsin/v1/#")
      do { _ = try await MQTT(broker).send(.sample(to: "tocsin")) }
      _ = try await eventually("it has left") { broker.log.contains("Received DISCONNECT from tocsin") ? true : nil }
      let messages = try await subscriber.messages(3)
      #expect(messages.filter { $0.topic.hasSuffix("status") }.map(\.payload) == ["online"])
      #expect(running.isRunning)
    }
  }
}
