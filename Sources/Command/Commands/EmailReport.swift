import API
import ArgumentParser
import Tocsin

struct EmailReport: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "email-report",
    abstract: "Mail the report of an incident.",
    discussion: """
      Goes to reports.recipients of the configuration and to every --to.

      Example:
        tocsin email-report 019aa7c0 --to manager@example.com --to product-owner@example.com
      """)

  @Argument(help: "Guid, its first characters, or a REF.") var id: String
  @Option(help: "html or text.", completion: .words(ReportFormat.self)) var format = "html"
  @Option(
    name: .customLong("to"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("A further recipient; may be repeated.", valueName: "address"))
  var recipients: [String] = []
  @OptionGroup var actor: ActorOption
  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    let outcome = try await desk.emailReport(
      id, format: ReportFormat(word: format), additionalRecipients: recipients, by: actor.by)
    try output.show(outcome)
  }
}
