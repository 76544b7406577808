import TestSupport
import Testing

/// From the first minute to the report, by whatever means somebody has at three in the morning.
@Suite(.serialized, .timeLimit(.minutes(10))) struct WorkflowTests {
  @Test(arguments: ["mouse", "keyboard", "touch", "plain"])
  func `An incident is opened, worked on, closed, reported and merged`(by way: String) async throws {
    try await Stage.play("workflow.py", way)
  }

  @Test func `Who opens the set-up link has an incident within a minute and twelve clicks`() async throws {
    try await Stage.play("first_run.py", isFresh: true, webhookStatus: 410)
  }

  @Test func `Demo data is there to look around, and goes without a trace`() async throws {
    try await Stage.play("demo.py", isFresh: true)
  }

  @Test func `Keys lead everywhere, but not while somebody types, nor where they are turned off`() async throws {
    try await Stage.play("keys.py")
  }
}
