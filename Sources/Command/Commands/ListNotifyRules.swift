import API
import ArgumentParser
import Tocsin

struct ListNotifyRules: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "list-notify-rules",
    abstract: "List the notify rules.",
    discussion: """
      Example:
        tocsin list-notify-rules
      """)

  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    let rules = try await desk.notifyRules()
    try output.show(
      rules, ids: rules.map(\.notifyCode),
      Table(
        ["code", "name", "+channels"], rules.map { [$0.notifyCode, $0.notifyName, $0.notifyChannels] },
        whenEmpty: "No rules. `tocsin set-notify-rule --help` shows how to make one."))
  }
}
