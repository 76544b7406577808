import Foundation

/// A mail as it goes over the wire: text and HTML side by side (RFC 5322, RFC 2046). Both are base64, so no line of
/// theirs is ever too long, starts with a dot or breaks in a way that a server could take for the end.
struct MailMessage: Sendable {
  let from: Mailbox
  let to: EmailAddress
  let subject: String
  /// Unique, and the same over all attempts: made of guids, never of text from outside.
  let id: String
  let thread: MailThread
  /// What filters sort by: see ``MailList``.
  let listId: String
  let date: Date
  let text: String
  /// A whole document.
  let html: String

  /// The mail, each line ending with CRLF.
  var bytes: [UInt8] {
    // `_` is no letter of base64, so the boundary cannot occur inside a part.
    let boundary = "=_tocsin_boundary_="
    var mail = header(boundary)
    mail += part("text/plain", text, boundary)
    mail += part("text/html", html, boundary)
    mail += "--\(boundary)--\r\n"
    return Array(mail.utf8)
  }

  private func header(_ boundary: String) -> String {
    let fields = [
      "Date: \(InternetDate.mail(date))", "From: \(MailHeader.mailbox(from))", "To: \(to.text)",
      "Subject: \(MailHeader.encoded(subject))", "Message-ID: \(id)", "In-Reply-To: \(thread.parent)",
      "References: \(thread.references.joined(separator: "\r\n "))", "List-Id: \(listId)",
      // RFC 3834: no machine shall answer it, least of all with an "out of office". Exchange has a header of its own
      // ([MS-OXCMAIL], section 2.1.3.2.20).
      "Auto-Submitted: auto-generated", "X-Auto-Response-Suppress: All", "MIME-Version: 1.0",
      "Content-Type: multipart/alternative; boundary=\"\(boundary)\"",
    ]
    return fields.joined(separator: "\r\n") + "\r\n\r\n"
  }

  private func part(_ type: String, _ content: String, _ boundary: String) -> String {
    let base64 = Data(Self.lines(content).utf8)
      .base64EncodedString(options: [.lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed])
    return "--\(boundary)\r\nContent-Type: \(type); charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
      + base64 + "\r\n"
  }

  /// `text` with CRLF at the end of every line, however its lines ended.
  static func lines(_ text: String) -> String {
    var lines = String.UnicodeScalarView()
    var previous: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      if scalar == "\r" || scalar == "\n" && previous != "\r" { lines.append(contentsOf: "\r\n".unicodeScalars) }
      if scalar != "\r" && scalar != "\n" { lines.append(scalar) }
      previous = scalar
    }
    return String(lines)
  }
}
