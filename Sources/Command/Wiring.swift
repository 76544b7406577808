import API
import ArgumentParser
import Foundation
import Logging
import Tocsin
import TocsinClient

/// Where to work.
struct PlaceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The database to work on: an SQLite file, or mariadb://… [env: TOCSIN_DATABASE]", valueName: "path"),
    completion: .file())
  var database: String?

  @Option(help: ArgumentHelp("The configuration file. [env: TOCSIN_CONFIG]", valueName: "path"), completion: .file())
  var config: String?

  func configuration() throws -> Configuration { try .load(file: config, database: database) }
}

/// Options of a command that looks after this machine's database or configuration.
struct LocalOptions: ParsableArguments {
  @OptionGroup var place: PlaceOptions

  @Flag(help: "Print JSON.")
  var json = false

  @Flag(name: .shortAndLong, help: "Print ids only.")
  var quiet = false

  var output: Output { Output(json: json, quiet: quiet) }

  func configuration() throws -> Configuration {
    let configuration = try place.configuration()
    Self.noteThatServerIsUnused(configuration)
    return configuration
  }
}

/// Options of a command that works on incidents, here or on a server.
struct CommonOptions: ParsableArguments {
  @OptionGroup var place: PlaceOptions

  @Option(
    help: ArgumentHelp(
      "Work on this server instead, with the token in TOCSIN_TOKEN or in the file TOCSIN_TOKEN_FILE. [env: TOCSIN_SERVER]",
      valueName: "url"))
  var server: String?

  @Flag(help: "Print JSON.")
  var json = false

  @Flag(name: .shortAndLong, help: "Print ids only.")
  var quiet = false

  var output: Output { Output(json: json, quiet: quiet) }

  func configuration() throws -> Configuration { try place.configuration() }
}

/// Who acts, on commands that change something.
struct ActorOption: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Who does this. By default the operating system's user; on a server the token's name.", valueName: "name"))
  var by: String?
}

/// A command that works on incidents, here or on a server: it decodes, makes one call, and shows the answer.
protocol DeskCommand: AsyncParsableCommand {
  /// Whether it makes the database where there is none; by default not: a slip in a path would be answered out of an empty
  /// one.
  static var makesDatabase: Bool { get }
  var common: CommonOptions { get }
  func run(_ desk: any Desk, _ output: Output) async throws
}

extension DeskCommand {
  static var makesDatabase: Bool { false }

  func run() async throws {
    // Only `serve` keeps a log; a person at a terminal gets sentences.
    LoggingSystem.bootstrap { _ in SwiftLogNoOpLogHandler() }
    if let client = try common.client() { return try await run(client, common.output) }
    let incidents = try await Incidents.open(common.configuration(), makingDatabase: Self.makesDatabase)
    let start = incidents.database.now()
    do {
      try await run(LocalDesk(incidents, by: Principal(SystemUser.name())), common.output)
      await incidents.passOn(since: start, common.output)
    } catch {
      await incidents.finishSending()
      throw error
    }
    await incidents.finishSending()
  }
}

extension Incidents {
  /// Sends what this command's changes have put in line for channels that follow the incident. The change is done, so
  /// nothing here is an error of the command.
  fileprivate func passOn(since start: Date, _ output: Output) async {
    let waiting = (try? await sendUpdates(since: start, patience: 10)) ?? []
    if waiting.isEmpty { return }
    output.say("not sent yet: \(waiting.map(\.shortRef).joined(separator: ", ")). `tocsin serve` goes on trying")
  }

  /// - Throws: ``Failure`` with code `unavailable` where there is no database and none is to be made.
  static func open(_ configuration: Configuration, makingDatabase: Bool = true) async throws -> Incidents {
    if !makingDatabase, case .sqlite(let path) = configuration.database,
      !FileManager.default.fileExists(atPath: path)
    {
      throw Failure(
        .unavailable,
        "there is no database at \(path). `tocsin migrate` or `tocsin serve` makes one there; "
          + "--database or TOCSIN_DATABASE names another")
    }
    return try await open(configuration.database, channels: configuration.channels, settings: configuration.settings)
  }
}

/// `text`, or all of stdin when it is `-`.
///
/// - Throws: ``Failure`` with code `invalid` when stdin is no UTF-8.
func orStandardInput(_ text: String, _ field: String) throws -> String {
  guard text == "-" else { return text }
  let data = FileHandle.standardInput.readDataToEndOfFile()
  guard let text = String(data: data, encoding: .utf8) else {
    throw Failure(.invalid, "\(field): standard input is not UTF-8 text", field: field)
  }
  return text
}

extension CompletionKind {
  /// The words of a fixed list, for the shell to offer.
  static func words<Choice: Word>(_ list: Choice.Type) -> CompletionKind { .list(list.allCases.map { $0.rawValue }) }
}
