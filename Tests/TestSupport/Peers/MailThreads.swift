import Foundation

/// A mail in its thread, as Python's `mailbox` reads it back.
public struct ThreadedMail: Decodable, Sendable {
  public let id: String
  /// In-Reply-To.
  public let parent: String
  public let references: [String]
  /// Where the chain of references ends: the same for all mails that are shown together.
  public let root: String

  public static func all(_ mails: [Data]) throws -> [ThreadedMail] {
    let lines = mails.map { $0.base64EncodedString() + "\n" }.joined()
    return try JSONDecoder().decode(
      [ThreadedMail].self, from: PythonVenv.run("read_threads.py", input: Data(lines.utf8)))
  }
}
