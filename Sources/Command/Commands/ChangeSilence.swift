import API
import ArgumentParser
import Tocsin

struct ChangeSilence: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "change-silence",
    abstract: "Change a silence that has not expired: when it ends, what it is about, and why.",
    discussion: """
      What is left out stays. Matchers replace those that it has. Alerts that nothing holds any longer open their
      incidents.

      Example:
        tocsin change-silence 019aa7c0 --until 2026-12-31 --comment "Takes longer"
        tocsin change-silence 019aa7c0 'host=~"db.*"'
      """)

  @Argument(help: "The silence's guid, or its first 6 or more characters.") var silence: String
  @Argument(help: ArgumentHelp("Conditions on labels, instead of those it has.", valueName: "matcher"))
  var matchers: [String] = []
  @Option(parsing: .unconditional, help: "Why; - reads it from stdin. An empty one is removed.") var comment: String?
  @Option(help: ArgumentHelp("Until when: 2h from now, a UTC day, or a time.", valueName: "time")) var until: String?
  @Option(
    name: .customLong("for"),
    help: ArgumentHelp("How long from its start: 90m, 2h, 7d; for a weekly one, each time.", valueName: "time"))
  var length: String?
  @Option(help: ArgumentHelp("From when, if it has not begun.", valueName: "time")) var start: String?
  @Option(help: ArgumentHelp("Every week on these days: SUN,MON", valueName: "days")) var weekly: String?
  @Option(help: ArgumentHelp("From when on these days: 02:00", valueName: "HH:MM")) var from: String?
  @Option(help: ArgumentHelp("By whose clocks: Europe/Berlin.", valueName: "name")) var timeZone: String?
  @OptionGroup var actor: ActorOption
  @OptionGroup var common: CommonOptions

  func validate() throws {
    let said = [comment, until, length, start, weekly, from, timeZone]
    if matchers.isEmpty, said.allSatisfy({ $0 == nil }) {
      throw ValidationError("Nothing to change: give matchers, --until, --for, --start, --comment or a weekly time.")
    }
  }

  func run(_ desk: any Desk, _ output: Output) async throws {
    let changed = try await TypedNames.silence.saying {
      try await desk.changeSilence(
        silence, matchers: matchers.isEmpty ? nil : matchers,
        comment: comment.map { try orStandardInput($0, "comment") }, startsAt: start, endsAt: until,
        weekdays: weekly.map(CreateSilence.days), fromTime: from, minutes: length.map(CreateSilence.minutes),
        timeZone: timeZone, by: actor.by)
    }
    try output.show(changed, id: changed.silenceGuid, changed.card)
  }
}
