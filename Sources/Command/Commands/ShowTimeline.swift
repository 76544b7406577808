import API
import ArgumentParser
import Tocsin

struct ShowTimeline: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "show-timeline",
    abstract: "Show everything that happened to an incident, oldest first.",
    discussion: """
      Example:
        tocsin show-timeline 019aa7c0
      """)

  @Argument(help: "Guid, its first characters, or a REF.") var id: String
  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    let events = try await desk.timeline(of: id)
    let rows = events.map { [shortTime($0.timestamp), $0.eventType.rawValue, $0.createdBy ?? "", $0.description] }
    try output.show(
      events, ids: events.map(\.timelineGuid),
      Table(["time", "event", "by", "+description"], rows, whenEmpty: "Nothing happened: was this row made by hand?"))
  }
}
