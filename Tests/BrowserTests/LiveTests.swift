import TestSupport
import Testing

/// What happens elsewhere appears, and nothing of what somebody reads or types is lost by it.
@Suite(.serialized, .timeLimit(.minutes(10))) struct LiveTests {
  @Test func `A change in one window is in the others within a second`() async throws {
    try await Stage.play("live.py")
  }

  @Test func `A server that was killed is noticed, and nothing that happened meanwhile is missing`() async throws {
    try await Stage.play("reconnect.py")
  }

  @Test func `Fifty updates while somebody types lose no character and move nothing`() async throws {
    try await Stage.play("typing_on.py")
  }
}
