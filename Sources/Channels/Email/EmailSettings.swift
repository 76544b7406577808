import Foundation
import Tocsin

/// Reads what stands under `channels.email`. No message repeats a value that may hold a password.
enum EmailSettings {
  static func url(_ settings: [String: String]) throws -> String {
    let text = settings["url", default: ""]
    // URLComponents would quietly percent-encode what must not be there at all.
    guard text.utf8.allSatisfy({ (33...126).contains($0) }), let parts = URLComponents(string: text),
      let scheme = parts.scheme, ["smtp", "smtps"].contains(scheme), let host = parts.host, !host.isEmpty,
      parts.path.isEmpty || parts.path == "/", parts.query == nil, parts.fragment == nil
    else { throw Setting.invalid("url", "must look like smtp://host:587 or smtps://host:465") }
    guard parts.user == nil, parts.password == nil else {
      throw Setting.invalid("url", "must not hold a user name or password; set username and password instead")
    }
    if let port = parts.port, !(1...65535).contains(port) {
      throw Setting.invalid("url", "has a port that does not exist")
    }
    return parts.path == "/" ? String(text.dropLast()) : text
  }

  static func login(_ settings: [String: String]) throws -> SMTP.Login? {
    switch (settings["username"], settings["password"]) {
    case (nil, nil): return nil
    case (nil, _): throw Setting.invalid("password", "needs a username")
    case (_, nil): throw Setting.invalid("username", "needs a password")
    case (let username?, let password?):
      for (key, value) in [("username", username), ("password", password)] where value.utf8.contains(0) {
        throw Setting.invalid(key, "contains a NUL character, which is not allowed")
      }
      return SMTP.Login(username: username, password: Secret(password))
    }
  }

  static func startTLS(_ settings: [String: String]) throws -> SMTP.StartTLS {
    guard let word = settings["starttls"] else { return settings["username"] == nil ? .opportunistic : .required }
    guard let value = SMTP.StartTLS(rawValue: word) else {
      let allowed = SMTP.StartTLS.allCases.map(\.rawValue)
      throw Setting.invalid("starttls", "must be one of: \(allowed.joined(separator: ", "))", allowed: allowed)
    }
    return value
  }

  static func from(_ settings: [String: String]) throws -> Mailbox {
    do throws(EmailAddress.Fault) {
      let mailbox = try Mailbox(settings["from", default: ""])
      // Leaves room for the guid in a Message-ID, which is kept in a column of 255 characters.
      guard mailbox.address.domain.utf8.count <= 200 else { throw .init(text: "has a domain of over 200 characters") }
      return mailbox
    } catch {
      throw Setting.invalid("from", error.text)
    }
  }
}
