import Foundation
import TestSupport
import Testing
import Tocsin

@testable import Channels

@Suite struct MQTTEncryptionTests {
  private let message = OutboundMessage.sample(to: "tocsin")

  private func with(
    _ more: [String] = [], _ body: (MosquittoBroker, TestCertificates) async throws -> Void
  ) async throws {
    let certificates = try TestCertificates()
    let lines = [
      "allow_anonymous true", "cafile \(certificates.authority)", "certfile \(certificates.certificate)",
      "keyfile \(certificates.key)",
    ]
    try await MosquittoBroker.with(lines + more) { try await body($0, certificates) }
  }

  private func mqtt(_ broker: MosquittoBroker, _ settings: [String: String], host: String = "127.0.0.1") throws -> MQTT
  {
    try MQTT(settings: ["url": "mqtts://\(host):\(broker.port)"].merging(settings) { $1 })
  }

  @Test(arguments: ["127.0.0.1", "localhost"])
  func aBrokerOfTheTrustedCAGetsTheMessage(host: String) async throws {
    try await with { broker, certificates in
      let mqtt = try mqtt(broker, ["ca_file": certificates.authority], host: host)
      #expect(await mqtt.probe() == nil)
      _ = try await mqtt.send(message)
    }
  }

  @Test func aBrokerOfAnotherCAGetsNothing() async throws {
    let other = try TestCertificates()
    try await with { broker, _ in
      for settings in [[:], ["ca_file": other.authority]] {
        let failure = try #require(await mqtt(broker, settings).refusal(of: message))
        #expect(failure.isRetryable && failure.reason.contains("certificate"), "\(failure)")
      }
      #expect(!broker.log.contains("New client connected"))
    }
  }

  @Test func aBrokerOfAnotherNameGetsNothing() async throws {
    try await with { broker, certificates in
      // The same machine by a name that is not in its certificate.
      let failure = try #require(
        await mqtt(broker, ["ca_file": certificates.authority], host: "127.0.0.2").refusal(of: message))
      #expect(failure.isRetryable)
    }
  }

  @Test func version13IsSpoken() async throws {
    try await with(["tls_version tlsv1.3"]) { broker, certificates in
      _ = try await mqtt(broker, ["ca_file": certificates.authority]).send(message)
    }
  }

  @Test func whoExpectsEncryptionSendsNothingWithoutIt() async throws {
    try await MosquittoBroker.with { broker in
      let mqtt = try MQTT(
        settings: ["url": "mqtts://127.0.0.1:\(broker.port)"], timeOuts: TimeOuts(connect: 2, total: 2))
      let start = ContinuousClock.now
      #expect(try #require(await mqtt.refusal(of: message)).isRetryable)
      #expect(ContinuousClock.now - start < .seconds(3))
      #expect(!broker.log.contains("New client connected"))
    }
  }
}
