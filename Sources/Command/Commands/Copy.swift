import ArgumentParser
import Foundation
import Tocsin

struct Copy: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "copy",
    abstract: "Copy the whole database to another place: from SQLite to MariaDB, or back.",
    discussion: """
      URL is an SQLite file or mariadb://USER:PASSWORD@HOST:PORT/NAME. Stop every Tocsin that works on either first. The
      target must be new or empty. Every row is read again on both sides, and both chains are verified. When it was
      interrupted, the same command goes on where it stopped; until then nothing else works on the target.

      Example:
        tocsin copy --from /var/lib/tocsin/tocsin.db --to mariadb://tocsin:PASSWORD@db1/tocsin
      """)

  @Option(help: ArgumentHelp("The database to copy. [env: TOCSIN_COPY_FROM]", valueName: "url"), completion: .file())
  var from: String?

  @Option(help: ArgumentHelp("Where to. [env: TOCSIN_COPY_TO]", valueName: "url"), completion: .file())
  var to: String?

  @Flag(help: "Print JSON.") var json = false
  @Flag(name: .shortAndLong, help: "Print the number of rows only.") var quiet = false

  func run() async throws {
    let output = Output(json: json, quiet: quiet)
    let source = try place(from, "from", "TOCSIN_COPY_FROM")
    let target = try place(to, "to", "TOCSIN_COPY_TO")
    let bar = ProgressBar(output)
    let summary: CopySummary
    do {
      summary = try await DatabaseCopy(from: source, to: target).run {
        bar.show($0.stage.rawValue, $0.table, $0.done, of: $0.total, "rows")
      }
    } catch {
      bar.end()
      throw error
    }
    bar.end()
    try output.show(summary, id: String(summary.rows), summary.card)
    output.say(Self.keyFile(source, target))
    guard summary.timeline.firstFault != nil || summary.auditLog.firstFault != nil else { return }
    Terminal.complain(
      "tocsin: a chain was broken before it was copied: see `tocsin verify-timeline` and `tocsin doctor`")
    throw ExitStatus.failed
  }

  private func place(_ typed: String?, _ option: String, _ variable: String) throws -> DatabasePlace {
    guard let text = try typed ?? ProcessInfo.processInfo.environment.text(variable) else {
      throw Failure(.invalid, "--\(option) is missing: an SQLite file, or mariadb://…", field: option)
    }
    do {
      return try DatabasePlace(text)
    } catch {
      throw Failure(.invalid, "--\(option): \(Failure(error).message)", field: option)
    }
  }

  private static func keyFile(_ source: DatabasePlace, _ target: DatabasePlace) -> String {
    func file(_ place: DatabasePlace) -> String {
      if case .sqlite(let path) = place { "\(path).key" } else { "the file that key_file names" }
    }
    return
      "The key file goes along, by hand: \(file(source)) becomes \(file(target)). Without it no second factor works."
  }
}

extension CopySummary {
  fileprivate var card: Card {
    let events = timeline.firstFault.map { "event \($0.seq) \($0.problem)" } ?? "\(timeline.events) events, chain whole"
    let entries = auditLog.firstFault.map { "entry \($0) is wrong" } ?? "\(auditLog.entries) entries, chain whole"
    return Card(
      "Copied, and every row compared.",
      [
        ("from", from), ("to", to), ("rows", String(rows)),
        ("tables", tables.filter { $0.rows > 0 }.map { "\($0.name) \($0.rows)" }.joined(separator: "\n")),
        ("timeline", events), ("audit log", entries), ("left out", leftOut.joined(separator: "\n")),
      ])
  }
}
