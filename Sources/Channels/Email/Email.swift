import Foundation
import Tocsin

/// Sends mail by a mail server (SMTP). Proof: its 250 after the whole mail was handed over.
public struct Email: Channel {
  public static let about = ChannelInfo(
    name: "EMAIL", summary: "Sends mail by a mail server (SMTP), as text and HTML.",
    target: "one address, such as dba@example.com",
    settings: [
      ChannelSetting("url", "mail server: smtp://host:587 or smtps://host:465", required: true),
      ChannelSetting("username", "who logs in at the mail server; without it nobody does"),
      ChannelSetting("password", "password of username", secret: true),
      ChannelSetting("from", "sender: an address, or Name <address>", required: true),
      ChannelSetting("default_target", "address of messages whose rule names none"),
      ChannelSetting(
        "starttls",
        "for smtp://: required, opportunistic or off; by default required with a username, else opportunistic"),
      ChannelSetting("ca_file", Setting.caFileHint),
    ], abilities: [.threads, .bundles])

  public let defaultTarget: String?
  private let from: Mailbox
  private let smtp: SMTP

  public init(settings: [String: String]) throws {
    try self.init(settings: settings, timeOuts: TimeOuts(), library: "libcurl.so.4")
  }

  /// With other time-outs and another libcurl, for tests.
  init(settings: [String: String], timeOuts: TimeOuts, library: String = "libcurl.so.4") throws {
    from = try EmailSettings.from(settings)
    smtp = try SMTP(
      url: EmailSettings.url(settings), login: EmailSettings.login(settings),
      startTLS: EmailSettings.startTLS(settings), caFile: Setting.caFile(settings), library: library,
      timeOuts: timeOuts)
    defaultTarget = settings["default_target"]
    if let target = defaultTarget, let fault = fault(inTarget: target) {
      throw Setting.invalid("default_target", fault)
    }
  }

  public func fault(inTarget target: String) -> String? { Self.fault(inAddress: target) }

  /// Says why mail cannot be sent to `address`, in words that follow it, or nil when it can.
  public static func fault(inAddress address: String) -> String? {
    do throws(EmailAddress.Fault) {
      _ = try EmailAddress(address)
      return nil
    } catch {
      return error.text
    }
  }

  public func send(_ message: OutboundMessage) async throws(SendFailure) -> Receipt {
    guard let to = try? EmailAddress(message.target) else {
      throw .permanent("the target \(printable(message.target)) is no mail address")
    }
    let domain = from.address.domain
    let mail = MailMessage(
      from: from, to: to, subject: message.subject, id: "<\(message.communicationGuid)@\(domain)>",
      thread: MailThread(message, domain: domain), listId: MailList.id(message, domain: domain), date: Date(),
      text: message.text, html: message.html ?? MailHTML.document(message))
    try await smtp.deliver(mail.bytes, from: from.address.text, to: to.text)
    return Receipt(externalId: mail.id)
  }

  public func probe() async -> String? { await smtp.probe() }
}
