import API
import ArgumentParser
import Tocsin

struct LogCommunication: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "log-communication",
    abstract: "Put a phone call or another message on record.",
    discussion: """
      Nothing is sent.

      Example:
        tocsin log-communication 019aa7c0 --channel PHONE --message "Called on-call engineer" \\
          --recipient +1-555-0123 --metadata '{"duration_seconds": 180}'
      """)

  @Argument(help: "Guid, its first characters, or a REF.") var id: String
  @Option(parsing: .unconditional, help: "PHONE, SLACK …, 1 to 50 characters.") var channel: String
  @Option(help: "OUTBOUND or INBOUND.", completion: .words(Direction.self)) var direction = "OUTBOUND"
  @Option(parsing: .unconditional, help: "What was said; - reads it from stdin.") var message: String?
  @Option(parsing: .unconditional, help: "Who was told, or who told us.") var recipient: String?
  @Option(help: "SENT, DELIVERED, FAILED or PENDING.", completion: .words(DeliveryStatus.self)) var status = "SENT"
  @Option(parsing: .unconditional, help: "The other system's id of it.") var externalId: String?
  @Option(help: ArgumentHelp("More about it, as a JSON object.", valueName: "json")) var metadata: String?
  @OptionGroup var actor: ActorOption
  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    let logged = try LoggedCommunication(
      channel: channel, direction: Direction(word: direction),
      message: message.map { try orStandardInput($0, "message") }, recipient: recipient,
      status: DeliveryStatus(word: status), externalId: externalId, metadata: JSONValue.object(metadata))
    let communication = try await desk.logCommunication(id, logged, by: actor.by)
    try output.show(communication, id: communication.shortRef, communication.card)
  }
}
