import API
import ArgumentParser
import Tocsin

struct LookupRef: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "lookup-ref",
    abstract: "Find the message and the incident behind a short reference.",
    discussion: """
      Example:
        tocsin lookup-ref REF-20251229-A7K
      """)

  @Argument(help: "The reference, in any case, with or without text around it.") var ref: String
  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    guard let located = try await desk.communication(ref: ref) else {
      throw Failure(.notFound, "there is no message with the reference \"\(printable(ref))\"")
    }
    try output.show(located, id: located.communication.incidentGuid, located.card)
  }
}
