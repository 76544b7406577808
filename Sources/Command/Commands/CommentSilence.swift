import API
import ArgumentParser
import Tocsin

struct CommentSilence: DeskCommand {
  static let configuration = CommandConfiguration(
    commandName: "comment-silence",
    abstract: "Add to what is said about a silence; without a text, show it.",
    discussion: """
      Example:
        tocsin comment-silence 019aa7c0 "Takes an hour longer"
        tocsin comment-silence 019aa7c0
      """)

  @Argument(help: "The silence's guid, or its first 6 or more characters.") var silence: String
  @Argument(help: "What there is to say, up to 64 KiB; - reads it from stdin.") var comment: String?
  @OptionGroup var actor: ActorOption
  @OptionGroup var common: CommonOptions

  func run(_ desk: any Desk, _ output: Output) async throws {
    if let comment {
      let text = try orStandardInput(comment, "comment")
      let said = try await desk.commentOnSilence(silence, text, by: actor.by)
      return try output.show(
        said, id: said.commentGuid,
        Card(nil, [("comment", said.commentGuid), ("by", said.createdBy), ("said", said.comment)]))
    }
    let said = try await desk.silenceComments(silence)
    try output.show(
      said, ids: said.map(\.commentGuid),
      Table(
        ["said", "by", "+comment"], said.map { [shortTime($0.createdAt), $0.createdBy, $0.comment] },
        whenEmpty: "Nothing was said about it since it was made."))
  }
}
