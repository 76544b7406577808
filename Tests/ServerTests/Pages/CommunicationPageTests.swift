import Foundation
import TestSupport
import Testing

@testable import Server
@testable import Tocsin

@Suite struct CommunicationPageTests {
  private static func sent(_ bench: TestBench) async throws -> Communication {
    try await bench.incidents.setNotifyRule("ALL", name: "All", channels: "EMAIL:dba@example.com", messageTemplate: nil)
    let guid = try await bench.incident("Database <b>down").incidentGuid
    _ = try await bench.incidents.notify(guid, notifyCode: "ALL", patience: 2)
    return try #require(try await bench.incidents.communications(of: guid).first)
  }

  @Test func `A reference is found in whatever text was pasted, however long`() async throws {
    try await TestDatabase.sqlite.run(channels: [FakeChannel<EmailName>(FakeVendor())]) { bench in
      let reader = try await PageReader(bench)
      let message = try await Self.sent(bench)
      let ref = message.shortRef
      let long = String(repeating: "words before it ", count: 2000)
      for text in [
        ref, ref.lowercased(), "see \(ref).", "[Ref: \(ref)]\r\nNext line", long + "\r\n[Ref: \(ref)]\r\n" + long,
      ] {
        let found = try await reader.post("/communications", [("ref", text)])
        #expect(found.status == 303 && found.headers[.location] == "/communications?ref=\(ref)")
      }
      let page = try await reader.get("/communications?ref=see+\(ref.lowercased()),+please")
      #expect(page.status == 200 && page.holdsNothingForeign())
      #expect(page.text.contains("/incidents/\(message.incidentGuid)") && page.text.contains("CRITICAL"))
      #expect(page.text.contains("dba@example.com") && page.text.contains("ACCEPTED"))
      #expect(page.text.contains(try #require(message.externalId)))
      // It was accepted: there is nothing to send again.
      #expect(!page.text.contains("/resend"))
    }
  }

  @Test func `Text without a reference, and one that nobody has sent, are told apart`() async throws {
    try await TestDatabase.sqlite.run { bench in
      let reader = try await PageReader(bench)
      for text in ["", "   ", "REF-2025-A7", "hello <b>\"", "REF-20251229-A7KX99ZZ", Hostile.script.rawValue] {
        let page = try await reader.post("/communications", [("ref", text)])
        #expect(page.status == 422 && page.text.contains("A reference looks like REF-20251229-A7K"), "\(text)")
        let typed = HTML.escaped(text.trimmingCharacters(in: .whitespaces))
        #expect((typed.isEmpty || page.text.contains(typed)) && page.holdsNothingForeign())
      }
      let page = try await reader.get("/communications?ref=REF-20251229-A7K")
      #expect(page.status == 404 && page.text.contains("There is no message with the reference REF-20251229-A7K"))
    }
  }

  /// Failure: a message that was given up cannot be sent from the page, or one that arrived is sent twice.
  @Test func `Messages are listed with their state and reason; what has not arrived is sent again`() async throws {
    let vendor = FakeVendor(.refuse("no such <b>mailbox"))
    try await TestDatabase.sqlite.run(channels: [FakeChannel<EmailName>(vendor)]) { bench in
      let reader = try await PageReader(bench)
      #expect(try await reader.get("/communications").text.contains("There is no such message."))
      let message = try await Self.sent(bench)
      #expect(message.status == "FAILED")
      for query in ["", "?status=failed", "?channel=email"] {
        let page = try await reader.get("/communications" + query)
        #expect(page.text.contains(message.shortRef) && page.text.contains("no such &lt;b&gt;mailbox"), "\(query)")
        #expect(page.text.contains("/communications/\(message.shortRef)/resend") && page.holdsNothingForeign())
      }
      for query in ["?status=pending", "?channel=SMS"] {
        #expect(try await !reader.get("/communications" + query).text.contains(message.shortRef))
      }
      #expect(try await reader.get("/communications?status=odd").status == 422)
      vendor.answer(.accept)
      let again = try await reader.post("/communications/\(message.shortRef)/resend")
      #expect(
        again.status == 303 && again.headers[.location]?.hasPrefix("/communications?ref=\(message.shortRef)") == true)
      #expect(try await bench.incidents.communication(ref: message.shortRef)?.communication.status == "SENT")
      for query in ["", "?status=sent"] {
        let page = try await reader.get("/communications" + query).text
        #expect(page.contains(message.shortRef) && !page.contains("/resend"), "\(query)")
      }
      #expect(try await !reader.get("/communications?status=failed").text.contains(message.shortRef))
      #expect(try await bench.events(of: message.incidentGuid).contains(.communicationLogged))
      #expect(try await reader.post("/communications/\(message.shortRef)/resend").status == 409)
      #expect(try await reader.post("/communications/REF-20251229-A7K/resend").status == 404)
    }
  }

  @Test func `Who may only look finds messages, and sends none`() async throws {
    try await TestDatabase.sqlite.run(channels: [FakeChannel<EmailName>(FakeVendor(.refuse("no")))]) { bench in
      let reader = try await PageReader(bench, "ada", .viewer)
      let ref = try await Self.sent(bench).shortRef
      #expect(try await reader.post("/communications", [("ref", ref)]).status == 303)
      let page = try await reader.get("/communications?ref=\(ref)").text
      #expect(page.contains("REFUSED") && !page.contains("/resend"))
      #expect(try await reader.post("/communications/\(ref)/resend").status == 403)
    }
  }
}
