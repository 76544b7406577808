import CMosquitto
import Foundation
import Tocsin

/// Publishes messages and the state of incidents to an MQTT broker. Proof: the broker's PUBACK for each of them.
public struct MQTT: Channel {
  public static let about = ChannelInfo(
    name: "MQTT", summary: "Publishes messages and the state of incidents to an MQTT broker, version 5 or 3.1.1.",
    target: "a topic below the prefix, such as lab/alarms",
    settings: [
      ChannelSetting("url", "broker: mqtt://host:1883 or mqtts://host:8883", required: true),
      ChannelSetting("username", "who logs in at the broker; without it nobody does"),
      ChannelSetting("password", "password of username", secret: true),
      ChannelSetting("topic", "prefix of all topics; by default tocsin"),
      ChannelSetting("qos", "1, the default, or 2; 0 is refused, because then nothing is confirmed"),
      ChannelSetting("ca_file", Setting.caFileHint),
    ], abilities: [.follows])

  public let follows: Set<EventType> = [
    .statusChange, .incidentClosed, .incidentReopened, .severityChange, .assignmentChange, .detailsChange,
    .incidentMerged,
  ]

  private let settings: MQTTSettings
  private let sender: EventThread<MQTTSender>

  public init(settings: [String: String]) throws {
    try self.init(settings: settings, timeOuts: TimeOuts())
  }

  /// With other time-outs and another libmosquitto, for tests.
  init(settings: [String: String], timeOuts: TimeOuts, library: String = "libmosquitto.so.1") throws {
    var checked = try MQTTSettings(settings)
    (checked.timeOuts, checked.library) = (timeOuts, library)
    self.settings = checked
    sender = Self.thread(checked)
  }

  private static func thread(_ settings: MQTTSettings) -> EventThread<MQTTSender> {
    EventThread { MQTTSender(settings) }
  }

  /// The prefix.
  public var defaultTarget: String? { settings.topic }

  public func fault(inTarget target: String) -> String? { MQTTTopic.fault(inTopic: target) }

  public func send(_ message: OutboundMessage) async throws(SendFailure) -> Receipt {
    if let fault = fault(inTarget: message.target) { throw .permanent("the target \(fault)") }
    guard MQTTTopic.isPart(message.incident.incidentGuid), MQTTTopic.isPart(message.conversation) else {
      throw .permanent("the incident's guid is no part of a topic")
    }
    let topic = MQTTTopic(prefix: settings.topic, target: message.target)
    guard let publications = try? MQTTPublication.all(of: message, below: topic) else {
      throw .permanent("the message cannot be written as JSON")
    }
    if let failure = await deliver(publications, by: sender) { throw failure }
    // MQTT has no id that outlives a connection; this one is in the payload.
    return Receipt(externalId: message.communicationGuid, metadata: ["topic": .string(publications[0].topic)])
  }

  /// Says by the status topic that somebody serves, until the task is cancelled. The broker answers by no message.
  public func listen(_ heard: @escaping @Sendable (Reply) async -> Void) async {
    let presence = EventThread { [settings] in MQTTPresence(settings) }
    presence.submit { $0.start() }
    while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
    withExtendedLifetime(presence) {}
  }

  /// Connects anew and leaves.
  public func probe() async -> String? { await deliver([], by: Self.thread(settings))?.reason }

  private func deliver(_ publications: [MQTTPublication], by thread: EventThread<MQTTSender>) async -> SendFailure? {
    let seconds = settings.timeOuts.total
    let deadline = ContinuousClock.now + .seconds(seconds)
    // The thread may be held up by the name service; nobody waits for that.
    let result: Result<Void, SendFailure>? = await thread.ask(within: seconds + 0.5) { sender, outcome in
      sender.deliver(publications, by: deadline, outcome)
    }
    switch result {
    case .success: return nil
    case .failure(let failure): return failure
    case nil: return .retryable("\(settings.name): it did not answer in time")
    }
  }
}
