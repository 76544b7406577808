import Tocsin

/// What a mail answers to, so that mail programs show all mails of one incident together (RFC 5322, section 3.6.4).
struct MailThread: Sendable, Equatable {
  /// The root, which no mail has: it is made of the incident that the first mail was written for, which a merge does not
  /// change.
  let root: String
  /// The first mail of the thread that was accepted.
  let first: String?

  init(_ message: OutboundMessage, domain: String) {
    root = "<\(message.conversation)@\(domain)>"
    first = message.first.map(\.externalId).flatMap(Self.id)
  }

  /// In-Reply-To.
  var parent: String { first ?? root }
  /// References, the root first.
  var references: [String] { [root] + (first.map { [$0] } ?? []) }

  /// `text` when it is a message id as we write them; it was kept in a database that people can edit.
  private static func id(_ text: String) -> String? {
    guard text.utf8.count <= 255, text.wholeMatch(of: /<[A-Za-z0-9._-]+@[A-Za-z0-9.-]+>/) != nil else { return nil }
    return text
  }
}
