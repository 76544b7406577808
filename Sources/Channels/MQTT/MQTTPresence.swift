import Foundation
import Tocsin

/// Shows that somebody serves: a retained `online`, which the broker turns into `offline` when the connection breaks
/// (the last will; MQTT 5, section 3.1.2.5). It connects again by itself. For one thread only, an ``EventThread``'s.
final class MQTTPresence: EventLoop {
  private let link: MQTTLink
  private let topic: String
  private let qos: Int32
  private var reconnection = Reconnection()

  init(_ settings: MQTTSettings) {
    topic = MQTTTopic(prefix: settings.topic, target: settings.topic).status
    qos = settings.qos
    link = MQTTLink(settings, will: topic)
  }

  var interest: (descriptor: Int32, events: Int16)? { link.interest }

  var wake: ContinuousClock.Instant? { link.isOpen ? link.wake : reconnection.next }

  /// Connects, and goes on doing so.
  func start() { open() }

  func turn(ready: Int16) {
    if !link.isOpen, let next = reconnection.next, next <= .now { open() }
    for event in link.turn(ready: ready) {
      switch event {
      case .up:
        reconnection.succeeded()
        say("online")
        // Another Tocsin on the same broker may end, and take our light with it.
        link.subscribe(topic)
      case .down: reconnection.failed()
      case .received(let payload): if payload == Array("offline".utf8) { say("online") }
      case .confirmed: break
      }
    }
  }

  func end() {
    if link.isConnected { say("offline") }
    link.close()
  }

  private func open() {
    reconnection.began()
    if link.open() != nil { reconnection.failed() }
  }

  private func say(_ word: String) {
    _ = link.publish(
      MQTTPublication(topic: topic, payload: Array(word.utf8), isRetained: true, contentType: "text/plain"), qos: qos)
  }
}
