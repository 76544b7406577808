import API
import ArgumentParser
import Tocsin

struct ListSilences: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "list-silences",
    abstract: "List the silences, the newest first, with what they hold back and until when.",
    discussion: """
      Example:
        tocsin list-silences --state active
      """)

  @Option(help: "active, pending or expired. [default: all]", completion: .words(SilenceState.self)) var state: String?
  @Option(parsing: .unconditional, help: "At most so many.") var limit = 50
  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    let silences = try await desk.silences(state.map { try SilenceState(word: $0) }, limit: limit)
    let rows = silences.map { silence in
      [
        output.short(silence.silenceGuid), silence.state.rawValue, shortTime(silence.holdsFrom),
        shortTime(silence.holdsUntil), silence.createdBy,
      ] + Self.words(silence)
    }
    let last = Terminal.isInteractive ? ["+matchers and comment"] : ["matchers", "comment"]
    try output.show(
      silences, ids: silences.map(\.silenceGuid),
      Table(
        ["silence", "state", "from", "until", "~by"] + last, rows,
        whenEmpty: "No silences. `tocsin create-silence --help` shows how to make one."))
  }

  /// For a person in one column, which goes below where the terminal is narrow: cut matchers say nothing.
  private static func words(_ silence: Silence) -> [String] {
    let (matchers, comment) = (silence.matchers.joined(separator: ", "), silence.comment ?? "")
    guard Terminal.isInteractive else { return [matchers, comment] }
    return [comment.isEmpty ? matchers : "\(matchers) \"\(comment)\""]
  }
}
