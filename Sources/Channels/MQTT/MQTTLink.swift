import CMosquitto
import Foundation
import Tocsin

/// Keeps at most one ``MQTTSession``: connects when asked, by MQTT 5 or else 3.1.1, and tells when it is over. For one
/// thread only.
final class MQTTLink {
  enum Event {
    case up
    /// Not connected (any more), and not trying.
    case down(SendFailure)
    case confirmed(id: Int32, reason: Int32)
    case received([UInt8])
  }

  private let settings: MQTTSettings
  private let will: String?
  private var session: MQTTSession?
  private var isUp = false
  private var deadline: ContinuousClock.Instant?

  init(_ settings: MQTTSettings, will: String? = nil) {
    self.settings = settings
    self.will = will
  }

  var isOpen: Bool { session != nil }
  var isConnected: Bool { session?.isConnected == true }

  var interest: (descriptor: Int32, events: Int16)? { session?.interest }

  /// The end of the time to connect, or when to look after an idle connection.
  var wake: ContinuousClock.Instant? {
    guard let session else { return nil }
    if session.fault != nil { return .now }
    return deadline ?? .now + .seconds(Int64(MQTTSession.keepAlive / 6))
  }

  /// Begins to connect, if it is not open. Says why that cannot be, or nil. Always by MQTT 5 first: a broker cannot refuse a
  /// message in 3.1.1.
  func open() -> SendFailure? { open(.v5) }

  private func open(_ version: MQTTSession.Version) -> SendFailure? {
    guard session == nil else { return nil }
    if let fault = cmosquitto_load(settings.library) { return .retryable(String(cString: fault)) }
    deadline = .now + .seconds(settings.timeOuts.connect)
    session = MQTTSession(settings, version, will: will)
    return nil
  }

  /// Reads and writes, and returns what happened, in order.
  func turn(ready: Int16) -> [Event] {
    guard let session else { return [] }
    session.turn(ready: ready)
    var events: [Event] = []
    if !isUp, session.isConnected {
      (isUp, deadline) = (true, nil)
      events.append(.up)
    }
    events += session.confirmed.map { .confirmed(id: $0.id, reason: $0.reason) } + session.received.map(Event.received)
    (session.confirmed, session.received) = ([], [])
    if let failure = failure(of: session) { events += end(failure) }
    return events
  }

  func publish(_ publication: MQTTPublication, qos: Int32) -> Result<Int32, SendFailure> {
    session?.publish(publication, qos: qos) ?? .failure(.retryable("no connection"))
  }

  func subscribe(_ topic: String) { session?.subscribe(topic) }

  /// Ends the connection; the broker keeps the last will to itself.
  func close() {
    session?.disconnect()
    drop()
  }

  /// Ends the connection without a word: the broker does not answer as it should.
  func drop() { (session, isUp, deadline) = (nil, false, nil) }

  private func failure(of session: MQTTSession) -> SendFailure? {
    if let code = session.connack, code != 0 { return named(MQTTReason.connect(code)) }
    if let fault = session.fault { return named(.retryable(fault)) }
    if let deadline, deadline <= .now { return named(.retryable("it did not answer in time")) }
    return nil
  }

  /// A broker that does not know MQTT 5 says so, in the form of its own version, or just hangs up
  /// instead of an answer (MQTT 3.1.1, section 3.1.2.2): then 3.1.1 is tried at once, for this one connection.
  private func end(_ failure: SendFailure) -> [Event] {
    let old = session
    drop()
    let refusesVersion = old?.connack == 0x84 || old?.connack == 1
    let hungUp = old?.connack == nil && old?.wasHungUp == true
    if old?.version == .v5, refusesVersion || hungUp {
      guard let failure = open(.v311) else { return [] }
      return [.down(failure)]
    }
    return [.down(failure)]
  }

  private func named(_ failure: SendFailure) -> SendFailure {
    switch failure {
    case .retryable(let text, let after): .retryable("\(settings.name): \(text)", after: after)
    case .permanent(let text): .permanent("\(settings.name): \(text)")
    }
  }
}
