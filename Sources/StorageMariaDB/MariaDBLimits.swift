/// How long to wait for what. Seconds; 0 for ever.
public struct MariaDBLimits: Sendable {
  /// For each host.
  public var connectSeconds: UInt32 = 5
  /// For the answer to a statement that reads. The server is told to give it up before.
  public var readSeconds: UInt32 = 30
  /// For the answer to a statement that writes, COMMIT included. A machine without power answers nothing at all: after so
  /// long, another host is asked.
  public var writeSeconds: UInt32 = 20
  /// For the next statement of a transaction: a machine that fell silent in the middle of one must not keep what it has
  /// locked, for hours, from everybody else.
  public var idleSeconds: UInt32 = 30
  /// For a row that others hold. Less than ``writeSeconds``.
  public var lockSeconds: UInt32 = 10
  /// For a table that is to be changed, and that others use. Whoever comes later waits behind, and may hold what those who
  /// use the table wait for, which the server does not notice: so it is tried anew rather than waited for.
  public var tableSeconds: UInt32 = 1
  /// Runs of a body whose transaction the server gave up, or that found no server: more than a second together.
  public var tries = 8
  /// For the answer to whether a transaction was committed whose connection broke meanwhile.
  public var doubtSeconds = 30.0
  /// Between looks whether the first host is back, after it was left.
  public var homeSeconds = 60.0
  /// Connections that read.
  public var readers = 8

  public init() {}
}
