import Foundation
import TestSupport
import Tocsin

@testable import Channels

extension ChannelCase {
  /// One or more for each channel of ``Channels/all``, in its order.
  static let all: [ChannelCase] = [
    pagerDuty, slackBot, slackWebhook, discord, sms, whatsApp, email, mqtt, dbus, webhook,
  ]

  static let http = all.filter { $0.speech == .http }

  private static let email = ChannelCase(
    type: Email.self, speech: .smtp,
    settings: emailSettings, make: { try Email(settings: $0, timeOuts: $1) },
    good: { use in
      var options = SMTPServer.Options()
      (options.username, options.password) = ("tocsin", "canary horse battery staple")
      try await SMTPServer.with(options) { server in
        try await use(
          GoodPeer(settings: emailSettings(server.port, false)) {
            try ReadMail.all(server.mails.map(\.raw)).map(arrival)
          })
      }
    })

  @Sendable private static func emailSettings(_ port: Int, _ isEncrypted: Bool) -> [String: String] {
    [
      "url": "\(isEncrypted ? "smtps" : "smtp")://127.0.0.1:\(port)", "from": "a@example.com", "username": "tocsin",
      "password": "canary horse battery staple", "starttls": "off", "default_target": "dba@example.com",
    ]
  }

  private static func arrival(_ mail: ReadMail) -> Arrival {
    let names: Set = [
      "from", "to", "subject", "date", "message-id", "in-reply-to", "references", "auto-submitted", "mime-version",
      "content-type", "content-transfer-encoding", "list-id", "x-auto-response-suppress",
    ]
    let strange = mail.headers.map { $0[0].lowercased() }.filter { !names.contains($0) }
    let html = mail.bodies.last ?? ""
    // The only link is to the incident.
    let links = html.matches(of: /<a href="([^"]*)"/).map { String($0.1) }.filter { $0 != OutboundMessage.url }
    let elements = links + TestSupport.Markup(html).elements.filter { ["script", "img", "svg", "iframe"].contains($0) }
    return Arrival(text: mail.bodies.first ?? "", live: strange + elements + mail.defects)
  }

  private static let webhook = http(
    Webhook.self, proof: Set(200...299), isStatusEnough: true,
    settings: { base in
      [
        "url": "\(base)/canary-hunter2?key=canary-hunter2", "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "secret_previous": "canary correct horse battery",
      ]
    }, make: { try Webhook(settings: $0, timeOuts: $1) }, answer: { _ in .status(204) },
    arrival: { request in
      let json = try JSONDecoder().decode([String: JSONValue].self, from: request.body)
      guard case .object(let data) = json["data"] else { return nil }
      return Arrival(text: data["message"]?.string ?? "")
    })
}
