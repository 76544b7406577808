import Foundation
import Tocsin

/// Hands messages to a broker over one connection that all of them share, which is made when it is needed. For one
/// thread only, an ``EventThread``'s.
final class MQTTSender: EventLoop {
  typealias Outcome = Answer<Result<Void, SendFailure>>

  private struct Delivery {
    let publications: [MQTTPublication]
    let deadline: ContinuousClock.Instant
    let outcome: Outcome
    /// Message ids that the broker is to confirm; nil while nothing is sent.
    var waiting: Set<Int32>?
  }

  private let settings: MQTTSettings
  private let link: MQTTLink
  private var deliveries: [Delivery] = []

  init(_ settings: MQTTSettings) {
    self.settings = settings
    link = MQTTLink(settings)
  }

  var interest: (descriptor: Int32, events: Int16)? { link.interest }

  var wake: ContinuousClock.Instant? { ([link.wake] + deliveries.map(\.deadline)).compactMap(\.self).min() }

  /// Publishes all of `publications` and gives its outcome when the broker has confirmed every one. With none, a
  /// connection is all it takes.
  func deliver(_ publications: [MQTTPublication], by deadline: ContinuousClock.Instant, _ outcome: Outcome) {
    deliveries.append(Delivery(publications: publications, deadline: deadline, outcome: outcome))
    if let failure = link.open() { return failAll(failure) }
    if link.isConnected { publish() }
  }

  func turn(ready: Int16) {
    for event in link.turn(ready: ready) {
      switch event {
      case .up: publish()
      case .down(let failure): failAll(failure)
      case .confirmed(let id, let reason): confirm(id, MQTTReason.publish(reason))
      case .received: break
      }
    }
    giveUp()
  }

  func end() {
    link.close()
    failAll(.retryable("Tocsin is ending"))
  }

  private func publish() {
    for index in deliveries.indices where deliveries[index].waiting == nil {
      var waiting: Set<Int32> = []
      for publication in deliveries[index].publications {
        switch link.publish(publication, qos: settings.qos) {
        case .success(let id): waiting.insert(id)
        case .failure(let failure): deliveries[index].outcome.give(.failure(failure))
        }
      }
      if waiting.isEmpty { deliveries[index].outcome.give(.success(())) }
      deliveries[index].waiting = waiting
    }
    deliveries.removeAll { $0.waiting?.isEmpty == true }
  }

  /// The first refusal of a delivery is its outcome.
  private func confirm(_ id: Int32, _ refusal: SendFailure?) {
    guard let index = deliveries.firstIndex(where: { $0.waiting?.contains(id) == true }) else { return }
    deliveries[index].waiting?.remove(id)
    if let refusal { deliveries[index].outcome.give(.failure(refusal)) }
    guard deliveries[index].waiting?.isEmpty == true else { return }
    deliveries.remove(at: index).outcome.give(.success(()))
  }

  private func failAll(_ failure: SendFailure) {
    for delivery in deliveries { delivery.outcome.give(.failure(failure)) }
    deliveries = []
  }

  /// Lets go of what took too long. A broker that does not confirm what it has got may do so on a new connection.
  private func giveUp() {
    let now = ContinuousClock.now
    let late = deliveries.filter { $0.deadline <= now }
    guard !late.isEmpty else { return }
    for delivery in late {
      delivery.outcome.give(.failure(.retryable("\(settings.name): the broker did not confirm the message in time")))
    }
    deliveries.removeAll { $0.deadline <= now }
    guard late.contains(where: { $0.waiting != nil }) else { return }
    link.drop()
    failAll(.retryable("\(settings.name): the connection broke before the broker confirmed the message"))
  }
}
