import ArgumentParser
import Foundation
import Tocsin

/// The `tocsin` command. Add a command: a file in `Commands/` and a line here. Each names itself (`commandName`): deriving the
/// names from the types would take longer than the work of most commands.
@main
struct Main: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tocsin",
    abstract: "Manage incidents, from the alert to the mailed report.",
    discussion: """
      Works on a local SQLite file (--database, TOCSIN_DATABASE), by default in $XDG_DATA_HOME/tocsin/, or on a server
      (--server, TOCSIN_SERVER).
      ID is an incident's guid, its first 6 or more characters, or a REF of one of its messages.

      First steps:
        tocsin create-incident --title "Database down" --severity CRITICAL --package DATABASE
        tocsin list-incidents
        tocsin serve
      """,
    version: Product.version,
    groupedSubcommands: [
      CommandGroup(
        name: "Incidents",
        subcommands: [
          CreateIncident.self, ListIncidents.self, GetIncident.self, UpdateIncident.self, UpdateStatus.self,
          CloseIncident.self, MergeIncidents.self,
        ]),
      CommandGroup(
        name: "What happened",
        subcommands: [
          AddNote.self, ListNotes.self, LinkAlert.self, ListAlerts.self, ShowTimeline.self, ShowReport.self,
          EmailReport.self, ShowMetrics.self,
        ]),
      CommandGroup(
        name: "Alerts",
        subcommands: [
          SendAlert.self, GetAlert.self, AcknowledgeAlert.self, SetHeartbeat.self, ListHeartbeats.self,
          DeleteHeartbeat.self,
        ]),
      CommandGroup(
        name: "Silences",
        subcommands: [
          CreateSilence.self, ListSilences.self, ChangeSilence.self, ExpireSilence.self, CommentSilence.self,
        ]),
      CommandGroup(
        name: "Messages",
        subcommands: [
          NotifyIncident.self, ListCommunications.self, LookupRef.self, LogCommunication.self, GenerateShortRef.self,
          SetNotifyRule.self, ListNotifyRules.self, SendTest.self, ListUndelivered.self, Resend.self,
        ]),
      CommandGroup(
        name: "Running Tocsin",
        subcommands: [
          Serve.self, Deliver.self, VerifyTimeline.self, Migrate.self, Copy.self, CheckConfig.self, TestRules.self,
          Doctor.self,
        ]),
      CommandGroup(
        name: "Who may do what",
        subcommands: [
          CreateToken.self, ListTokens.self, RevokeToken.self, CreateUser.self, ListUsers.self, SetPassword.self,
          DisableUser.self, EnableUser.self, DisableTOTP.self, ListAuditLog.self,
        ]),
    ])

  static func main() async {
    // A reader that goes away shall not end the server.
    signal(SIGPIPE, SIG_IGN)
    do {
      let arguments = CommandLineArguments.canonical(Array(CommandLine.arguments.dropFirst()))
      try refuseUnknownCommand(arguments.first)
      var command = try parseAsRoot(arguments)
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()  // ArgumentParser's own, such as `help`.
      }
    } catch {
      ExitStatus.leave(with: error)
    }
  }
}

extension Main {
  /// ArgumentParser would only call the name unexpected.
  private static func refuseUnknownCommand(_ name: String?) throws {
    let known = configuration.groupedSubcommands.flatMap(\.subcommands).map { $0._commandName }
    guard let name, !name.hasPrefix("-"), name != "help", !known.contains(name) else { return }
    throw Failure(
      .invalid, "there is no command \"\(printable(name))\"\(hint(name, known)). `tocsin --help` lists them all",
      allowed: known)
  }
}
