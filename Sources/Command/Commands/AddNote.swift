import API
import ArgumentParser
import Tocsin

struct AddNote: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "add-note",
    abstract: "Write down what was found or done.",
    discussion: """
      Example:
        tocsin add-note 019aa7c0 ROOT_CAUSE "Missing index on orders.created_at" --by dba1
        journalctl -u postgresql -n 50 | tocsin add-note 019aa7c0 INVESTIGATION -
      """)

  @Argument(help: "Guid, its first characters, or a REF.") var id: String
  @Argument(help: "ROOT_CAUSE, RESOLUTION, INVESTIGATION, MITIGATION or GENERAL.", completion: .words(NoteType.self))
  var type: String
  @Argument(help: "The note, up to 64 KiB; - reads it from stdin.") var content: String
  @OptionGroup var actor: ActorOption
  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    let note = try await desk.addNote(
      id, type: NoteType(word: type), content: orStandardInput(content, "content"), by: actor.by)
    try output.show(note, id: note.noteGuid, note.card)
  }
}
