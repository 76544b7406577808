import API
import ArgumentParser
import Tocsin

struct Resend: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "resend",
    abstract: "Send a message again that was given up, or try one now that waits.",
    discussion: """
      Text and reference stay the same. A message that was accepted is refused with 5: sending it again would repeat it.
      Exits with 7 when it is not accepted now; a PENDING one is tried again by `tocsin serve`.

      Example:
        tocsin resend REF-20251229-A7K
      """)

  @Argument(help: "The message's reference.") var ref: String
  @OptionGroup var actor: ActorOption
  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    try output.show(await desk.resend(ref, by: actor.by))
  }
}
