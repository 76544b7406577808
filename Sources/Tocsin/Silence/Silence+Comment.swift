import Foundation
import Storage

/// What somebody said about a silence: a row of `data_silence_comment`. It is never edited or deleted.
public struct SilenceComment: Sendable, Equatable, Codable {
  public let commentGuid: String
  public let silenceGuid: String
  public let comment: String
  public let createdBy: String
  public let createdAt: Date
}

extension Incidents {
  /// Adds to what is said about a silence, also when it has expired.
  ///
  /// - Parameter comment: 1 byte to 64 KiB of UTF-8.
  /// - Throws: ``Failure`` with code `notFound` or `invalid`.
  @discardableResult
  public func commentOnSilence(_ id: String, _ comment: String, by: Principal = .system) async throws -> SilenceComment
  {
    guard let comment = try Text.optionalBlock(comment, "comment") else {
      throw Failure.invalid("comment", "is empty; say something")
    }
    return try await database.write { transaction in
      let comment = SilenceComment(
        commentGuid: transaction.newGuid(), silenceGuid: try transaction.silence(id).silenceGuid, comment: comment,
        createdBy: by.name, createdAt: transaction.now)
      try transaction.execute(
        """
        INSERT INTO data_silence_comment (CommentGuid, SilenceGuid, Comment, CreatedBy, CreatedAt) VALUES (?, ?, ?, ?, ?)
        """,
        [
          .text(comment.commentGuid), .text(comment.silenceGuid), .text(comment.comment), .text(comment.createdBy),
          .time(comment.createdAt),
        ])
      return comment
    }
  }

  /// Some of what was said about a silence, oldest first.
  ///
  /// - Throws: ``Failure`` with code `notFound`; `invalid` for a limit below 1 or a cursor that is none.
  public func comments(onSilence id: String, page: PageRequest = PageRequest()) async throws -> Page<SilenceComment> {
    try await database.read { transaction in
      try transaction.page(.comments(on: transaction.silence(id).silenceGuid), page, SilenceComment.init)
    }
  }
}

extension SilenceComment {
  fileprivate init(_ row: Row) throws {
    commentGuid = try row.text("CommentGuid")
    silenceGuid = try row.text("SilenceGuid")
    comment = try row.text("Comment")
    createdBy = try row.text("CreatedBy")
    createdAt = try row.time("CreatedAt")
  }
}

extension PagedList {
  static func comments(on guid: String) -> PagedList {
    PagedList(
      name: "silence comments \(guid)", select: "SELECT * FROM data_silence_comment",
      conditions: [Condition("SilenceGuid = ?", [.text(guid)])], order: [.time("CreatedAt"), .text("CommentGuid")])
  }
}
