/// How long a server may take, in seconds. Together with its wait for a thread, a message is settled well within its
/// lease of 90 seconds.
struct TimeOuts: Sendable {
  /// Until the connection stands.
  var connect = 10.0
  /// Until the message is accepted, from the moment it was handed over.
  var total = 30.0

  /// For a request that goes before the message itself, so that both together keep to the lease.
  var ofEdit: TimeOuts { TimeOuts(connect: connect, total: total / 3) }
}
