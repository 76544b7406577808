/// How long a server may take, in seconds. Together with its wait for a thread, a message is settled well within its
/// lease of 90 seconds.
struct TimeOuts: Sendable {
  /// Until the connection stands.
  var connect = 10.0
  /// Until the message is accepted, from the moment it was handed over.
  var total = 30.0
}
