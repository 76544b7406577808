import TestSupport
import Testing

/// What must hold for every page that links lead to.
@Suite(.serialized, .timeLimit(.minutes(20))) struct PageTests {
  @Test func `Everybody can use every page`() async throws {
    try await Stage.playAtOnce("accessibility.py", ["empty"], ["full"])
  }

  @Test func `Times are the viewer's, colours and motion as they like, and a report prints without the rest`()
    async throws
  {
    try await Stage.play("presentation.py")
  }

  /// Failure: what a stranger sends as an alert acts in the name of whoever looks at it.
  @Test func `Hostile text in every field is text on every page and in every report`() async throws {
    try await Stage.playAtOnce("injection.py", ["0", "2"], ["1", "2"])
  }
}
