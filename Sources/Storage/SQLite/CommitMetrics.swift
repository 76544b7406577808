import Metrics

/// What the database says about itself through swift-metrics.
public enum CommitMetrics {
  /// A timer: of each commit, the wait for other processes included.
  public static let duration = "tocsin_commit_duration_seconds"
  /// A recorder: writes that shared a commit.
  public static let writes = "tocsin_commit_writes"

  package static func record(writes: Int, duration: Duration) {
    Recorder(label: Self.writes).record(writes)
    Timer(label: Self.duration).recordSeconds(duration / .seconds(1))
  }
}
