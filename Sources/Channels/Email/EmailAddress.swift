import Tocsin

/// One address, `dba@example.com`: the part of RFC 5321 that every mail server takes.
struct EmailAddress: Sendable, Equatable {
  let text: String
  /// What follows the `@`.
  let domain: String

  /// - Throws: ``Fault`` in words that follow a name: `has no @`.
  init(_ text: String) throws(Fault) {
    if text.unicodeScalars.count > 254 { throw Fault("is longer than the 254 characters that an address may have") }
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
      throw Fault("must be one address, such as dba@example.com")
    }
    try Self.check(local: parts[0])
    try Self.check(domain: parts[1])
    self.text = text
    domain = String(parts[1])
  }

  struct Fault: Error { let text: String }

  private static func check(local: Substring) throws(Fault) {
    guard local.utf8.allSatisfy({ $0 < 128 }) else {
      throw Fault("has letters outside ASCII before the @, which many mail servers cannot deliver to")
    }
    // RFC 5321's Dot-string; quoted names (`"a b"@example.com`) are left out on purpose.
    let atoms = local.split(separator: ".", omittingEmptySubsequences: false)
    guard local.utf8.count <= 64, atoms.allSatisfy({ $0.wholeMatch(of: /[A-Za-z0-9!#$%&'*+\/=?^_`{|}~-]+/) != nil })
    else { throw Fault("has a name before the @ that no address can have, such as one with spaces or brackets") }
  }

  private static func check(domain: Substring) throws(Fault) {
    guard domain.utf8.allSatisfy({ $0 < 128 }) else {
      throw Fault("has a domain with letters outside ASCII; write it in its xn-- form")
    }
    let labels = domain.split(separator: ".", omittingEmptySubsequences: false)
    guard
      labels.allSatisfy({ $0.utf8.count <= 63 && $0.wholeMatch(of: /[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?/) != nil })
    else { throw Fault("has no valid domain after the @") }
  }
}

extension EmailAddress.Fault {
  fileprivate init(_ text: String) { self.init(text: text) }
}

/// Who a mail is from: `Tocsin <tocsin@example.com>` or the address alone.
struct Mailbox: Sendable, Equatable {
  let name: String?
  let address: EmailAddress

  init(_ text: String) throws(EmailAddress.Fault) {
    if let match = text.wholeMatch(of: /\s*([^<>]*?)\s*<([^<>]*)>\s*/) {
      let name = match.1
      let isQuoted = name.count > 1 && name.hasPrefix("\"") && name.hasSuffix("\"")
      self.name = name.isEmpty ? nil : String(isQuoted ? name.dropFirst().dropLast() : name)
      address = try EmailAddress(String(match.2))
    } else {
      name = nil
      address = try EmailAddress(text)
    }
  }
}
