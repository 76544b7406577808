import Foundation
import Tocsin

/// A receiver that answers 500 for half a minute, while 400 messages come to wait for it.
enum Outage {
  private static let seconds = 30
  /// Messages that wait from its first moment on; then 10 come every second.
  private static let first = 100
  private static var messages: Int { first + seconds * 10 }

  static func run() async throws {
    print("\n| outage of 30 s, 400 messages | requests meanwhile | to all delivered, s | lost | sent twice |")
    print("|---|---|---|---|---|")
    if AlertmanagerPeer.isInstalled {
      try await withFolder { folder in
        let receiver = try await Receiver(.status(500))
        let peer = try await AlertmanagerPeer(folder, receiver)
        defer { peer.end() }
        // It numbers nothing, so what was lost or doubled cannot be told.
        try await run("Alertmanager", receiver, isNumbered: false) { try await peer.add("alert\($0)") }
      }
    }
    try await withFolder { folder in
      let receiver = try await Receiver(.status(500))
      let incidents = try await Delivery.incidents(folder, "WEBHOOK:\(receiver.url)")
      try await Delivery.dispatching(incidents) {
        try await run("Tocsin", receiver, isNumbered: true) { _ in try await Delivery.alert(incidents) }
      }
    }
  }

  private static func run(
    _ who: String, _ receiver: Receiver, isNumbered: Bool, _ post: (Int) async throws -> Void
  ) async throws {
    let start = ContinuousClock.now
    for number in 0..<messages {
      if number >= first {
        try await Task.sleep(until: start + .milliseconds((number - first) * 100), clock: .continuous)
      }
      try await post(number)
    }
    try await Task.sleep(until: start + .seconds(seconds), clock: .continuous)
    let requests = receiver.log.requests
    receiver.answer(.status(200))
    let end = ContinuousClock.now
    func delivered() -> Int {
      isNumbered ? receiver.log.accepted.count : receiver.log.accepted.values.reduce(0, +)
    }
    try? await eventually(120) { delivered() >= messages }
    let took = String(format: "%.1f", (receiver.log.lastAt - end).seconds)
    let lost = messages - min(delivered(), messages)
    let twice = isNumbered ? "\(receiver.log.accepted.values.count { $0 > 1 })" : "unknown"
    print("| \(who) | \(requests) | \(took) | \(lost) | \(twice) |")
    try await receiver.close()
  }
}
