import Testing
import Tocsin

@testable import Channels

@Suite struct EmailSettingsTests {
  private let good = ["url": "smtp://mail.example.com:587", "from": "a@example.com"]

  @Test(arguments: [
    ("url", ""), ("url", "mail.example.com"), ("url", "http://mail.example.com"), ("url", "smtp://"),
    ("url", "smtp://user:hunter2@mail.example.com"), ("url", "smtp://mail.example.com/path"),
    ("url", "smtp://mail example.com"), ("url", "smtp://mail\r\n.example.com"), ("url", "smtp://mail.example.com?x=1"),
    ("from", ""), ("from", "nobody"), ("from", "A <b@example.com> <c@example.com>"),
    ("from", "a@b\r\nBcc: c@example.com"),
    ("from", "a@" + String(repeating: "a.", count: 110) + "org"),
    ("default_target", "x"), ("starttls", "maybe"), ("username", "only"), ("password", "hunter2 only"),
    ("ca_file", "/nonexistent/ca.pem"), ("ca_file", "/etc/hostname"),
  ])
  func aBadValueIsRefusedByItsKey(key: String, value: String) {
    let failure = #expect(throws: Failure.self) { try Email(settings: good.merging([key: value]) { $1 }) }
    #expect(failure?.code == .invalid)
    #expect(failure?.field == key)
    #expect(failure?.message.contains("hunter2") == false)
  }

  @Test(arguments: [
    "smtp://mail.example.com", "smtp://mail.example.com/", "smtps://mail.example.com:465", "smtp://127.0.0.1:25",
    "smtp://[::1]:25",
  ])
  func aMailServersURLIsTaken(url: String) throws {
    _ = try Email(settings: good.merging(["url": url]) { $1 })
  }

  @Test func encryptionIsRequiredByDefaultOnlyWithALogin() throws {
    #expect(try EmailSettings.startTLS([:]) == .opportunistic)
    #expect(try EmailSettings.startTLS(["username": "u"]) == .required)
    #expect(try EmailSettings.startTLS(["username": "u", "starttls": "off"]) == .off)
  }

  @Test(arguments: [
    "dba@example.com", "a.b+tag@sub.example.com", "root@localhost", "o'brien@example.com", "a@127.0.0.1",
    String(repeating: "a", count: 64) + "@example.com",
  ])
  func anAddressIsATarget(address: String) throws {
    #expect(try Email(settings: good).fault(inTarget: address) == nil)
  }

  @Test(arguments: [
    "", "dba", "@example.com", "dba@", "a@b@example.com", "a b@example.com", "<a@example.com>", "Name <a@example.com>",
    "a@example.com,b@example.com", "a@example.com\r\nRCPT TO:<b@example.com>", "a\u{0}@example.com", "a@exa mple.com",
    "a@-example.com", "a@example..com", ".a@example.com", "\"a\"@example.com", "ä@example.com", "a@exämple.com",
    String(repeating: "a", count: 65) + "@example.com", "a@" + String(repeating: "a.", count: 130) + "org",
  ])
  func whatIsNotOneAddressIsNoTarget(address: String) async throws {
    let email = try Email(settings: good)
    #expect(email.fault(inTarget: address) != nil)
    // It is refused before anything is sent, too.
    #expect(await email.refusal(of: .sample(to: address))?.isPermanent == true)
  }

  @Test func lettersOutsideASCIIAreExplained() throws {
    #expect(try Email(settings: good).fault(inTarget: "ä@example.com")?.contains("ASCII") == true)
  }
}
