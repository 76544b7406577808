import Foundation
import TestSupport
import Testing
import Tocsin

@testable import Channels

/// Threads, as Python's `email` and `mailbox` read them back from a real mail server.
@Suite struct EmailThreadTests {
  private static let incident = "019aa8c1-0000-7000-8000-000000000001"
  private static let root = "<\(incident)@example.com>"

  private func mail(_ number: Int, after first: Receipt? = nil) -> OutboundMessage {
    var message = OutboundMessage.sample(to: "dba@example.com")
    message.communicationGuid = "019aa8c1-0000-7000-8000-0000000000a\(number)"
    message.first = first.map { .init(externalId: $0.externalId, shortRef: "REF-20261121-ABC") }
    return message
  }

  @Test func allMailsOfAnIncidentAreOneThreadAlsoAfterAMergeAndBehindALogin() async throws {
    let certificates = try TestCertificates()
    var options = SMTPServer.Options()
    (options.tls, options.certificates) = (.starttls, certificates)
    (options.username, options.password) = ("tocsin", "correct horse battery")
    try await SMTPServer.with(options) { server in
      let login = ["username": "tocsin", "password": "correct horse battery", "ca_file": certificates.authority]
      let email = try Email(settings: server.settings(login))
      let first = try await email.send(mail(1))
      // Twice the same: an attempt without a known end is repeated.
      for _ in 0..<2 { _ = try await email.send(mail(2, after: first)) }
      var merged = mail(3, after: first)
      merged.incident = .sample(title: "Target", package: "OTHER", guid: "019aa8c1-0000-7000-8000-00000000beef")
      merged.conversation = Self.incident
      _ = try await email.send(merged)

      let mails = try server.mails
      #expect(mails.allSatisfy { $0.encrypted && $0.user == "tocsin" } && mails.count == 4)
      let threaded = try ThreadedMail.all(mails.map(\.raw))
      #expect(threaded.map(\.root) == Array(repeating: Self.root, count: 4))
      #expect(threaded.map(\.parent) == [Self.root] + Array(repeating: first.externalId, count: 3))
      #expect(threaded[0].references == [Self.root])
      #expect(threaded.dropFirst().allSatisfy { $0.references == [Self.root, first.externalId] })
      #expect(threaded[0].id == first.externalId && threaded[1].id == threaded[2].id)
      #expect(Set(threaded.map(\.id)).count == 3)
      let judged = try ReadMail.all(mails.map(\.raw))
      #expect(judged.allSatisfy { $0.defects == [] && $0.longestLine <= 78 && $0.bareBreaks == 0 })
      #expect(judged[1].values("references") == ["\(Self.root) \(first.externalId)"])
    }
  }

  @Test(arguments: [
    "vendor-1", "", "<a@b>\r\nBcc: <thief@example.com>", "<a b@example.com>", "<a@example.com> <b@example.com>", "<@>",
    "<" + String(repeating: "a", count: 255) + "@example.com>",
  ])
  func whatIsNoIdOfOursIsNotAnswered(id: String) {
    let thread = MailThread(mail(2, after: Receipt(externalId: id)), domain: "example.com")
    #expect(thread.parent == Self.root && thread.references == [Self.root])
  }

  @Test(arguments: [
    ("DATABASE", "<database.tocsin.example.com>"), ("Core Banking / Ü", "<core-banking.tocsin.example.com>"),
    ("データ", "<tocsin.example.com>"), ("a>\r\nBcc: x", "<a-bcc-x.tocsin.example.com>"),
    (String(repeating: "x", count: 100), "<" + String(repeating: "x", count: 40) + ".tocsin.example.com>"),
    (String(repeating: "x", count: 39) + " yz", "<" + String(repeating: "x", count: 39) + ".tocsin.example.com>"),
  ])
  func theListIsThePackage(package: String, id: String) {
    var message = OutboundMessage.sample(to: "a@example.com")
    message.incident = .sample(title: "t", package: package)
    #expect(MailList.id(message, domain: "example.com") == id)
    let longest = String(repeating: "d", count: 200)
    #expect(MailList.id(message, domain: longest).utf8.count <= 257)
    message.incidents = 2
    #expect(MailList.id(message, domain: "example.com") == "<tocsin.example.com>")
  }

  @Test func theFactsStandAboveTheTextOfWhatIsAboutOneIncident() {
    let message = OutboundMessage.sample(to: "a@example.com", text: "Come & see <now>")
    let html = MailHTML.document(message)
    for fact in ["HIGH", "CREATED", "STORAGE", "nobody", "2026-", "https://tocsin.example.com:8420/incidents/"] {
      #expect(html.contains(fact))
    }
    #expect(html.range(of: "STORAGE")!.lowerBound < html.range(of: "Come &amp; see &lt;now&gt;")!.lowerBound)
    var bundle = message
    bundle.incidents = 2
    for other in [bundle, .sample(to: "a@example.com", .test), .sample(to: "a@example.com", .report)] {
      #expect(!MailHTML.document(other).contains("<table"))
    }
  }

  @Test(arguments: hostileTexts)
  func noFactBringsMarkup(text: String) {
    var message = OutboundMessage.sample(to: "a@example.com", text: text, url: "javascript:alert(1)//\(text)")
    message.incident = .sample(title: text, package: text)
    let html = MailHTML.document(message).lowercased()
    for mark in ["<script", "<b>", "<img", "src=", "http-equiv", "href", "color:", "url("] {
      #expect(!html.contains(mark) || mark == "src=" && HTML.escaped(text).contains(mark))
    }
  }
}
