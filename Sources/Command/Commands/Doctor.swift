import ArgumentParser
import Tocsin

struct Doctor: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Look for what could go wrong: database, outbox, permissions, disk, clock, channels.",
    discussion: """
      Exits with 1 when something is wrong. Nothing is changed, and no message is sent.

      Example:
        tocsin doctor
      """)

  @OptionGroup var common: LocalOptions

  func run() async throws {
    let findings = await Examination(try common.configuration()).findings()
    try common.output.show(
      findings, ids: findings.filter { $0.state != .ok }.map(\.subject),
      Table(
        ["state", "subject", "finding"], findings.map { [$0.state.rawValue, $0.subject, $0.finding] }, whenEmpty: ""))
    if findings.contains(where: { $0.state == .error }) { throw ExitStatus.failed }
  }
}
