import Synchronization

/// What the workers of a channel have under way in this process.
final class Crew: Sendable {
  /// Messages tried at the same time.
  static let limit = 32
  /// The same, to one destination: one that hangs leaves workers for the others, until it is known to be down.
  static let limitPerDestination = 8

  private let underWay = Mutex<[String: Int]>([:])

  var hasRoom: Bool { underWay.withLock { $0.values.reduce(0, +) < Self.limit } }

  /// Destinations that have as many as they may.
  var crowded: Set<String> { underWay.withLock { Set($0.filter { $1 >= Self.limitPerDestination }.keys) } }

  func join(_ destination: String) { underWay.withLock { $0[destination, default: 0] += 1 } }

  func leave(_ destination: String) {
    underWay.withLock { underWay in
      underWay[destination, default: 1] -= 1
      if underWay[destination] == 0 { underWay[destination] = nil }
    }
  }
}
