import API
import ArgumentParser
import Tocsin

struct GenerateShortRef: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate-short-ref",
    abstract: "Draw a short reference that no message has yet.",
    discussion: """
      Example:
        tocsin generate-short-ref
      """)
  static let makesDatabase = true

  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    let ref = try await desk.generateShortRef()
    if output.json { return try Terminal.write(json: ["short_ref": ref]) }
    try Terminal.write(ref)
  }
}
