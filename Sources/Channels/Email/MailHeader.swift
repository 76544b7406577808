import Foundation

/// Text in the header of a mail (RFC 5322, RFC 2047).
enum MailHeader {
  /// Bytes of text in one encoded word: with `Subject: ` before it, the line stays within the 76 columns of RFC 2047.
  private static let wordLength = 39

  /// `text` ready to stand in a header: as it is when it is short and plain, else as encoded words, one a line.
  static func encoded(_ text: String) -> String {
    let text = oneLine(text)
    return isPlain(text) ? text : words(text).joined(separator: "\r\n ")
  }

  /// `Name <address>`, or the address alone. A name that is more than letters and digits would need quoting, so it is
  /// encoded.
  static func mailbox(_ mailbox: Mailbox) -> String {
    guard let name = mailbox.name.map(oneLine), !name.isEmpty else { return mailbox.address.text }
    let isPhrase = isPlain(name) && name.wholeMatch(of: /[A-Za-z0-9 ]+/) != nil
    return (isPhrase ? name : words(name).joined(separator: "\r\n ")) + "\r\n <\(mailbox.address.text)>"
  }

  /// `text` without control characters; a line break becomes one space, so that nobody can add a header of their own.
  static func oneLine(_ text: String) -> String {
    var line = String.UnicodeScalarView()
    var isInBreak = false
    for scalar in text.unicodeScalars {
      let isBreak = "\r\n\t\u{85}\u{2028}\u{2029}".unicodeScalars.contains(scalar)
      if isBreak && !isInBreak { line.append(" ") }
      if !isBreak && scalar.properties.generalCategory != .control { line.append(scalar) }
      isInBreak = isBreak
    }
    return String(line)
  }

  /// Whether readers show exactly this text when it is written as it is: no folding, nothing that looks encoded.
  private static func isPlain(_ text: String) -> Bool {
    text.utf8.count <= 65 && text.utf8.allSatisfy { (32...126).contains($0) } && !text.contains("=?")
      && !text.contains("  ") && text.first != " " && text.last != " "
  }

  private static func words(_ text: String) -> [String] {
    var chunks: [[UInt8]] = [[]]
    for scalar in text.unicodeScalars {
      let bytes = Array(String(scalar).utf8)
      if chunks[chunks.count - 1].count + bytes.count > wordLength { chunks.append([]) }
      chunks[chunks.count - 1] += bytes
    }
    return chunks.map { "=?UTF-8?B?\(Data($0).base64EncodedString())?=" }
  }
}
