/// How long a server may take, in seconds.
struct TimeOuts: Sendable {
  /// Until the connection stands.
  var connect = 10.0
  /// Until the message is accepted, from the moment it was handed over.
  var total = 30.0

  /// Until everything has ended that sending one message takes: a wait for a thread, a request before the message itself, a
  /// farewell after it. A message is settled well within its lease of 90 seconds: 75.
  var whole: Double { 2.5 * total }

  /// For a request that goes before the message itself.
  var ofEdit: TimeOuts { TimeOuts(connect: connect, total: total / 3) }

  /// The same, but over by `deadline`.
  func ending(by deadline: ContinuousClock.Instant) -> TimeOuts {
    TimeOuts(connect: connect, total: min(total, max(0, ContinuousClock.now.duration(to: deadline) / .seconds(1))))
  }
}
