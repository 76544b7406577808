import Metrics

/// What the database says about itself through swift-metrics.
public enum CommitMetrics {
  /// A timer: of each commit, the wait for other processes included.
  public static let duration = "tocsin_commit_duration_seconds"
  /// A recorder: writes that shared a commit.
  public static let writes = "tocsin_commit_writes"
  /// A counter: transactions that were run again, by `reason`.
  public static let retries = "tocsin_database_retries_total"
  /// A counter: commits whose answer was lost, by what was found out about them, the `outcome`.
  public static let doubts = "tocsin_database_commits_in_doubt_total"

  /// Why a transaction is run again.
  package enum Reason: String, CaseIterable {
    /// Others changed or held the same rows.
    case conflict
    /// The server went away, or could not work.
    case connection
  }

  /// What became of a commit whose answer was lost.
  package enum Doubt: String, CaseIterable {
    /// It had arrived.
    case kept
    /// It had not: the writes were run again.
    case undone
    /// Nobody could be asked.
    case unknown
  }

  package static func record(writes: Int, duration: Duration) {
    Recorder(label: Self.writes).record(writes)
    Timer(label: Self.duration).recordSeconds(duration / .seconds(1))
  }

  package static func count(_ reason: Reason, by amount: Int = 1) {
    Counter(label: retries, dimensions: [("reason", reason.rawValue)]).increment(by: amount)
  }

  package static func count(_ doubt: Doubt, by amount: Int = 1) {
    Counter(label: doubts, dimensions: [("outcome", doubt.rawValue)]).increment(by: amount)
  }

  /// Makes every series: a rate needs a zero to rise from.
  package static func prepare() {
    for reason in Reason.allCases { count(reason, by: 0) }
    for doubt in Doubt.allCases { count(doubt, by: 0) }
  }
}
