import Foundation
import TestSupport
import Testing
import Tocsin

@testable import Channels

/// What arrives, as read by Python's `email` package.
@Suite struct EmailContentTests {
  @Test func everyPartOfAMailIsWhatItShouldBe() async throws {
    try await SMTPServer.with { server in
      let email = try Email(settings: server.settings(["from": "Tocsin <tocsin@example.com>"]))
      let receipt = try await email.send(.sample(to: "dba@example.com"))
      let sent = try #require(try server.mails.first)
      #expect(sent.sender == "tocsin@example.com")
      #expect(sent.recipients == ["dba@example.com"])
      let mail = try ReadMail(sent.raw)
      #expect(receipt == Receipt(externalId: "<019aa8c1-0000-7000-8000-0000000000ff@example.com>"))
      #expect(mail.values("message-id") == [receipt.externalId])
      #expect(mail.values("references") == ["<019aa8c1-0000-7000-8000-000000000001@example.com>"])
      #expect(mail.values("to") == ["dba@example.com"])
      #expect(mail.values("in-reply-to") == mail.values("references"))
      #expect(mail.values("list-id") == ["<storage.tocsin.example.com>"])
      #expect(mail.values("auto-submitted") == ["auto-generated"])
      #expect(mail.values("x-auto-response-suppress") == ["OOF, AutoReply, RN, NRN"])
      #expect(mail.values("mime-version") == ["1.0"])
      #expect(mail.values("subject") == ["[HIGH] Disk full [Ref: REF-20261121-ABC]"])
      #expect(mail.from == [["Tocsin", "tocsin@example.com"]])
      #expect(mail.types == ["multipart/alternative", "text/plain", "text/html"])
      #expect(abs(mail.seconds - Date().timeIntervalSince1970) < 60)
      #expect(mail.defects == [])
    }
  }

  @Test func hostileSubjectsArriveAsOneHarmlessLine() async throws {
    try await SMTPServer.with { server in
      let email = try Email(settings: server.settings())
      for text in hostileTexts { _ = try await email.send(.sample(to: "dba@example.com", subject: text)) }
      let mails = try ReadMail.all(server.mails.map(\.raw))
      try #require(mails.count == hostileTexts.count)
      for (text, mail) in zip(hostileTexts, mails) {
        #expect(mail.values("subject") == [MailHeader.oneLine(text)])
        #expect(mail.headers.map { $0[0] } == Self.headers)
        #expect(mail.longestLine <= 78 && mail.bareBreaks == 0 && mail.defects == [])
      }
      #expect(try server.mails.allSatisfy { $0.recipients == ["dba@example.com"] })
    }
  }

  private static let headers = [
    "date", "from", "to", "subject", "message-id", "in-reply-to", "references", "list-id",
    "auto-submitted", "x-auto-response-suppress", "mime-version", "content-type",
  ]

  @Test func hostileBodiesArriveAsTheyWereSent() async throws {
    let texts = hostileTexts + [longLine]
    try await SMTPServer.with { server in
      let email = try Email(settings: server.settings())
      for text in texts { _ = try await email.send(.sample(to: "dba@example.com", text: text)) }
      let mails = try ReadMail.all(server.mails.map(\.raw))
      try #require(mails.count == texts.count)
      for (text, mail) in zip(texts, mails) {
        let breaks = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n").replacing("\n", with: "\r\n")
        #expect(Array(mail.bodies[0].utf8) == Array(breaks.utf8))
        #expect(mail.longestLine <= 78 && mail.bareBreaks == 0 && mail.defects == [])
        #expect(!mail.bodies[1].contains("<script>") && !mail.bodies[1].contains("<b>"))
      }
    }
  }

  @Test func aReportBringsItsOwnHTML() async throws {
    try await SMTPServer.with { server in
      let email = try Email(settings: server.settings())
      _ = try await email.send(.sample(to: "a@example.com", .report, text: "as text", html: "<h1>\nReport ü</h1>"))
      let mail = try ReadMail(try #require(try server.mails.first).raw)
      #expect(mail.bodies == ["as text", "<h1>\r\nReport ü</h1>"])
    }
  }

  @Test func aHeaderHoldsNoControlCharacters() {
    #expect(MailHeader.oneLine("a\r\nBcc: b\n\u{1B}[31mred\u{7}\u{0}\u{85}c\u{9}d\u{2028}") == "a Bcc: b [31mred c d ")
  }

  @Test(arguments: ["Tocsin", "Tocsin (test), \"ops\"", "Störung 🔥", "evil\r\nBcc: x@example.com", "a@example.com"])
  func theSendersNameArrivesAsItIs(name: String) throws {
    let message = MailMessage(
      from: try Mailbox("\(name) <a@example.com>"), to: try EmailAddress("b@example.com"), subject: "s",
      id: "<1@x.org>", thread: MailThread(.sample(to: "b@example.com"), domain: "x.org"), listId: "<tocsin.x.org>",
      date: Date(), text: "t", html: "<p>t")
    let mail = try ReadMail(Data(message.bytes))
    #expect(mail.from == [[MailHeader.oneLine(name), "a@example.com"]])
    #expect(mail.values("bcc") == [])
    #expect(mail.defects == [])
  }
}

extension SMTPServer {
  /// Settings of a channel that sends by this server, with others added.
  func settings(_ more: [String: String] = [:], scheme: String = "smtp") -> [String: String] {
    ["url": "\(scheme)://127.0.0.1:\(port)", "from": "tocsin@example.com"].merging(more) { $1 }
  }
}
