import Testing

@testable import Channels

@Suite struct ReconnectionTests {
  private let start = ContinuousClock.now

  /// Seconds from `at` to the next attempt.
  private func pause(_ reconnection: inout Reconnection, at: Double) -> Double {
    let now = start + .seconds(at)
    reconnection.failed(at: now)
    return reconnection.next.map { now.duration(to: $0) / .seconds(1) } ?? 0
  }

  @Test func pausesGrowToAMinuteWhileConnectionsDoNotLast() {
    var reconnection = Reconnection()
    for longest in [1.0, 2, 4, 8, 16, 32, 60, 60, 60] {
      reconnection.succeeded(at: start)
      #expect(reconnection.next == nil)
      #expect((longest / 2...longest).contains(pause(&reconnection, at: 59)))
    }
  }

  @Test func aConnectionThatLastedIsTriedAgainSoon() {
    var reconnection = Reconnection()
    for _ in 1...9 { reconnection.failed() }
    reconnection.succeeded(at: start)
    #expect(pause(&reconnection, at: 60) <= 1)
    // It is the next one that counts now.
    #expect(pause(&reconnection, at: 120) > 0.9)
  }
}
