import API
import ArgumentParser
import Foundation
import Tocsin

struct ShowReport: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Print the report of an incident, or write it to a file.",
    discussion: """
      Example:
        tocsin report 019aa7c0 --format html --output report.html
      """)

  @Argument(help: "Guid, its first characters, or a REF.") var id: String
  @Option(help: "text, markdown, html or json.", completion: .words(ReportFormat.self)) var format = "text"
  @Option(help: ArgumentHelp("Write it to this file instead of printing it.", valueName: "file"), completion: .file())
  var output: String?
  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ talk: Output) async throws {
    let format = common.json ? .json : try ReportFormat(word: format)
    let report = try await desk.report(id, format: format)
    guard let output else { return try Terminal.write(report) }
    do {
      try Data((report + "\n").utf8).write(to: URL(fileURLWithPath: output), options: .atomic)
    } catch {
      throw CannotWrite("cannot write \(output): check the folder and its permissions")
    }
    talk.say("Report written to \(output).")
  }
}
