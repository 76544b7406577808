import API
import ArgumentParser
import Tocsin

struct ListNotes: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "list-notes",
    abstract: "List the notes of an incident, oldest first.",
    discussion: """
      Example:
        tocsin list-notes 019aa7c0
      """)

  @Argument(help: "Guid, its first characters, or a REF.") var id: String
  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    let notes = try await desk.notes(of: id)
    let rows = notes.map { [shortTime($0.createdAt), $0.noteType.rawValue, $0.createdBy ?? "", $0.content] }
    try output.show(
      notes, ids: notes.map(\.noteGuid),
      Table(
        ["created", "type", "by", "+content"], rows,
        whenEmpty: "No notes. `tocsin add-note --help` shows how to add one."))
  }
}
