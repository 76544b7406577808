import API
import ArgumentParser
import Tocsin

struct ListAuditLog: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "list-audit-log",
    abstract: "List what was done about access, newest first.",
    discussion: """
      Logins, refusals, tokens, users and rules. `tocsin doctor` checks that no entry was changed or removed.

      Example:
        tocsin list-audit-log --action LOGIN_FAILED --limit 20
      """)

  @Option(parsing: .unconditional, help: "Only this action, such as LOGIN.", completion: .words(AuditAction.self))
  var action: String?
  @Option(parsing: .unconditional, help: "Only what this one did.") var actor: String?
  @Option(parsing: .unconditional, help: "At most so many. [default: 50]") var limit: Int?
  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    let filter = AuditFilter(action: try action.map { try AuditAction(word: $0) }, actor: actor)
    let entries = try await desk.auditEntries(filter, limit: limit ?? 50)
    let rows = try entries.map { entry in
      [
        String(entry.seq), shortTime(entry.timestamp), entry.action.rawValue, entry.outcome.rawValue, entry.actor,
        entry.subject ?? "", entry.address ?? "", try entry.metadata.map { try JSON.encode($0) } ?? "",
      ]
    }
    try output.show(
      entries, ids: entries.map { String($0.seq) },
      Table(
        ["entry", "time", "action", "outcome", "~who", "~whom or what", "from", "+details"], rows,
        whenEmpty: "Nothing is in the log."))
  }
}
