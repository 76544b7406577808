import API
import ArgumentParser
import Tocsin

struct CreateSilence: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "create-silence",
    abstract: "Hold alerts back, once or weekly: they open no incident, and nobody is told.",
    discussion: """
      MATCHER is label=value, label!=value, label=~regex or label!~regex; all must hold. Alerts that still fire when the
      silence ends open their incidents then.

      Example:
        tocsin create-silence alertname=DiskFull 'host=~"db[12]"' --for 2h --comment "Kernel update"
        tocsin create-silence package=BACKUP --weekly SUN --from 02:00 --for 2h --time-zone Europe/Berlin
      """)
  static let makesDatabase = true

  @Argument(help: ArgumentHelp("Conditions on labels.", valueName: "matcher")) var matchers: [String]
  @Option(parsing: .unconditional, help: "Why, up to 64 KiB; - reads it from stdin.") var comment: String?
  @Option(
    name: .customLong("for"),
    help: ArgumentHelp("How long: 90m, 2h, 7d; for a weekly one, each time.", valueName: "time"))
  var length: String?
  @Option(
    help: ArgumentHelp("Until when, instead: a UTC day, or a time. Ends a weekly one for good.", valueName: "time"))
  var until: String?
  @Option(help: ArgumentHelp("From when: 2h from now, a UTC day, or a time. [default: now]", valueName: "time"))
  var start: String?
  @Option(help: ArgumentHelp("Every week on these days: SUN,MON", valueName: "days")) var weekly: String?
  @Option(help: ArgumentHelp("From when on these days: 02:00", valueName: "HH:MM")) var from: String?
  @Option(help: ArgumentHelp("By whose clocks: Europe/Berlin. [default: UTC]", valueName: "name")) var timeZone: String?
  @OptionGroup var actor: ActorOption
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if length == nil, until == nil { throw ValidationError("Say how long: --for 2h, or --until TIME.") }
    if weekly == nil, from != nil || timeZone != nil {
      throw ValidationError("--weekly is missing: --from and --time-zone say nothing without it.")
    }
    if weekly != nil, length == nil || from == nil {
      throw ValidationError("--weekly needs --from and --for: --weekly SUN --from 02:00 --for 2h.")
    }
  }

  func run(_ desk: any Desk, _ output: Output) async throws {
    let silence = try await TypedNames.silence.saying {
      try await desk.createSilence(
        matchers, comment: comment.map { try orStandardInput($0, "comment") }, startsAt: start, endsAt: until,
        weekdays: weekly.map(Self.days), fromTime: from, minutes: length.map(Self.minutes), timeZone: timeZone,
        by: actor.by)
    }
    try output.show(silence, id: silence.silenceGuid, silence.card)
  }

  static func days(_ text: String) throws -> [Weekday] {
    try text.split(separator: ",").map { try Weekday(word: String($0)) }
  }

  static func minutes(_ text: String) throws -> Int {
    guard let match = text.wholeMatch(of: /([0-9]{1,6})([mhd])/), let count = Int(match.1) else {
      throw Failure(.invalid, "--for \"\(printable(text))\" is no length of time; write 90m, 2h or 7d")
    }
    return count * ["m": 1, "h": 60, "d": 1440][String(match.2), default: 0]
  }
}

extension TypedNames {
  static let silence = TypedNames([
    "matchers": "MATCHER", "starts_at": "--start", "ends_at": "--until", "minutes": "--for", "weekdays": "--weekly",
    "from_time": "--from", "time_zone": "--time-zone", "comment": "--comment",
  ])
}
