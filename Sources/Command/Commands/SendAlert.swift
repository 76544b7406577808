import API
import ArgumentParser
import Tocsin

struct SendAlert: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "send-alert",
    abstract: "Send an alert, as a monitoring system would.",
    discussion: """
      HIGH and CRITICAL open an incident. The same key again only counts up; with --resolved it ends. Without a key the alert
      is known by its title, package and labels. On a server a token of role ingest will do.

      Example:
        tocsin send-alert --title "Backup of db1 failed" --severity HIGH --package BACKUP --key backup-db1 --label host=db1
        tocsin send-alert --key backup-db1 --resolved
      """)
  static let makesDatabase = true

  @Option(parsing: .unconditional, help: "What is wrong. An alert that is over needs only its key.") var title: String?
  @Option(
    help: "CRITICAL, HIGH, MEDIUM, LOW, or a word that senders use, such as warning. [default: HIGH]",
    completion: .words(Severity.self))
  var severity: String?
  @Option(parsing: .unconditional, help: "The system at fault.") var package: String?
  @Option(parsing: .unconditional, help: "What the alert is known by when it comes again, or ends.") var key: String?
  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("A label; may be given several times.", valueName: "name=value"))
  var label: [String] = []
  @Flag(help: "It is over.") var resolved = false
  @Option(parsing: .unconditional, help: "More about it; - reads it from stdin.") var description: String?
  @Option(parsing: .unconditional, help: "Where people can see it.") var url: String?
  @Option(parsing: .unconditional, help: "Alerts of one group share an incident.") var group: String?
  @Option(parsing: .unconditional, help: "It counts as over unless it comes again within 90s, 10m, 2h …")
  var expiresIn: String?
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if title == nil, !resolved || key == nil {
      throw ValidationError("Say what is wrong: --title. Only --resolved with --key needs none.")
    }
  }

  func run(_ desk: any Desk, _ output: Output) async throws {
    var alert = API.SendAlert(title: title)
    alert.dedupKey = key
    alert.severity = try severity.map { try Severity(typedSenderWord: $0) }
    alert.package = package
    alert.status = resolved ? .resolved : .firing
    alert.labels = try labels()
    alert.description = try description.map { try orStandardInput($0, "description") }
    alert.url = url
    alert.group = group
    alert.expiresIn = expiresIn
    let sent = try await desk.send(alert)
    let guid = sent.alertGuids.first ?? ""
    try output.show(sent, id: guid, Card(nil, [("alert", guid), ("incident opened", sent.opened.first ?? "")]))
  }

  private func labels() throws -> [String: String]? {
    var labels: [String: String] = [:]
    for text in label {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, !parts[0].isEmpty else {
        throw Failure(.invalid, "--label \"\(printable(text))\" is none; write name=value", field: "labels")
      }
      labels[parts[0]] = parts[1]
    }
    return labels.isEmpty ? nil : labels
  }
}
