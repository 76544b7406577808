import API
import ArgumentParser
import Tocsin

struct VerifyTimeline: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify-timeline",
    abstract: "Check that no timeline event was changed, removed, inserted or moved.",
    discussion: """
      Exits with 1 and names the first bad event when the chain is broken. Keep the printed head somewhere else: with it you
      notice even if somebody rewrites the whole chain.

      Example:
        tocsin verify-timeline
      """)

  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    let verdict = try await desk.verifyTimeline()
    try output.show(verdict, id: verdict.head, verdict.card)
    guard let fault = verdict.firstFault else { return }
    Terminal.complain("tocsin: the timeline was tampered with: event \(fault.seq) \(fault.problem)")
    throw ExitStatus.failed
  }
}
