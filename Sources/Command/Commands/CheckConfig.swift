import ArgumentParser
import Tocsin

struct CheckConfig: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check-config",
    abstract: "Check the configuration file and the environment.",
    discussion: """
      Names every fault with its file, line and key. Keys, each also a variable (TOCSIN_LISTEN), and with _FILE the path of a
      file that holds the value:

      \(SettingsKeys.all.map { "  \($0.name)\n      \($0.hint)" }.joined(separator: "\n"))
        rules
            what to do with alerts; see docs/configuration.md

      Example:
        tocsin check-config --config tocsin.yaml
      """)

  @OptionGroup var common: LocalOptions

  private struct Answer: Encodable {
    @OrNull var file: String?
    let database: String
    let listen: String
    let channels: [String]
    let rules: Int
    /// The provider by which people sign in; null for passwords only.
    @OrNull var oidc: String?
  }

  func run() async throws {
    let configuration = try common.configuration()
    let answer = Answer(
      file: configuration.file, database: "\(configuration.database)",
      listen: "\(configuration.listen.host):\(configuration.listen.port)",
      channels: configuration.channels.map { type(of: $0).about.name }, rules: configuration.settings.alertRules.count,
      oidc: configuration.oidc?.name)
    try common.output.show(
      answer, id: "ok",
      Card(
        "The configuration is sound.",
        [
          ("file", answer.file ?? "none"), ("database", answer.database), ("listen", answer.listen),
          ("channels", answer.channels.isEmpty ? "none" : configuration.channels.map(line).joined(separator: "\n")),
          ("rules", String(answer.rules)), ("sign-in", answer.oidc.map { "password, or \($0)" } ?? "password"),
        ]))
  }

  /// A channel, and what it says about itself.
  private func line(_ channel: any Channel) -> String {
    let about = type(of: channel).about
    return ([about.name] + about.facts).joined(separator: "; ")
  }
}
