import Crypto
import Foundation

/// A name and a password that were right, on the way to the page that asks for the code, and back: sealed, so that the page
/// does not show them and nobody can make one. The key ends with this process; then people type their password again.
struct SignInTicket: Codable {
  /// Seconds to find the phone.
  static let lifetime = 300.0

  private static let key = SymmetricKey(size: .bits256)

  let name: String
  let password: String
  let ends: Date

  init(name: String, password: String, now: Date) {
    (self.name, self.password, ends) = (name, password, now + Self.lifetime)
  }

  /// - Parameter sealed: what ``sealed()`` made. Nil for anything else, and when it has ended.
  init?(sealed: String, now: Date) {
    guard let data = Data(base64URL: sealed), let box = try? AES.GCM.SealedBox(combined: data),
      let plain = try? AES.GCM.open(box, using: Self.key),
      let ticket = try? JSONDecoder().decode(Self.self, from: plain), now < ticket.ends
    else { return nil }
    self = ticket
  }

  func sealed() throws -> String {
    let plain = try JSONEncoder().encode(self)
    return try AES.GCM.seal(plain, using: Self.key).combined?.base64URL ?? ""
  }
}
