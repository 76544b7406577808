import Foundation
import Tocsin

/// The address of a Discord webhook: `https://discord.com/api/webhooks/ID/TOKEN`, perhaps with the API's version.
struct DiscordAddress: Sendable {
  /// The webhook's id, which is no secret.
  let id: String
  /// Scheme, host and port, in lower case.
  let origin: String
  private let url: Secret

  /// Nil when `text` is no such address.
  init?(_ text: String) {
    guard HTTPTarget.fault(text) == nil, let origin = HTTPTarget.origin(text),
      let match = text.firstMatch(of: /\/webhooks\/([0-9]{1,20})\/[A-Za-z0-9._\-]{1,200}$/)
    else { return nil }
    id = String(match.1)
    self.origin = origin.lowercased()
    url = Secret(text)
  }

  /// Whether it is Discord's own.
  var isDiscords: Bool { ["https://discord.com", "https://discordapp.com"].contains(origin) }

  /// The webhook itself.
  var webhook: String { url.exposed }

  /// Where messages are posted. With `wait` Discord answers when it has the message, and not before.
  func execution(thread: String?) -> String {
    "\(url.exposed)?wait=true" + (thread.map { "&thread_id=\($0)" } ?? "")
  }

  /// A message that was posted before.
  func message(_ id: String, thread: String?) -> String {
    "\(url.exposed)/messages/\(id)" + (thread.map { "?thread_id=\($0)" } ?? "")
  }
}
