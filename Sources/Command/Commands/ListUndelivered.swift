import API
import ArgumentParser
import Foundation
import Tocsin

struct ListUndelivered: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "list-undelivered",
    abstract: "List the messages that were given up or still wait, with the reason, newest first.",
    discussion: """
      `tocsin lookup-ref REF` shows every attempt of one; `tocsin resend REF` sends it again.

      Example:
        tocsin list-undelivered --status FAILED
      """)

  @Option(parsing: .unconditional, help: "Only PENDING or only FAILED.", completion: .list(["PENDING", "FAILED"]))
  var status: String?
  @Option(parsing: .unconditional, help: "Only this channel's.") var channel: String?
  @Option(parsing: .unconditional, help: "At most so many. [default: 50]") var limit: Int?
  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    let messages = try await desk.undelivered(
      status: status.map { try DeliveryStatus(word: $0) }, channel: channel, limit: limit ?? 50)
    try output.show(messages, ids: messages.map(\.communication.shortRef), table(messages))
  }

  /// Within the hour, so the time of day is enough for a person.
  private func next(_ time: Date?) -> String {
    Terminal.isInteractive ? String(shortTime(time).dropFirst(11)) : shortTime(time)
  }

  private func table(_ messages: [ListedCommunication]) -> Table {
    let rows = messages.map { message in
      [
        message.communication.shortRef, message.incidentSeverity.rawValue, message.communication.channel ?? "",
        message.communication.status, String(message.attempts), next(message.nextAt),
        message.communication.recipient ?? "", message.reason,
      ]
    }
    return Table(
      ["ref", "severity", "channel", "status", "tries", "next", "~recipient", "+reason"], rows,
      whenEmpty: "Every message was delivered.")
  }
}
