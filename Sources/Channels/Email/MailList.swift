import Tocsin

/// The `List-Id` of a mail (RFC 2919), which filters sort by: one for each package, `<database.tocsin.example.com>`, and
/// `<tocsin.example.com>` for what is about no single one.
enum MailList {
  /// An id has at most 255 characters, and the sender's domain up to 200 of them.
  private static let longestLabel = 40

  static func id(_ message: OutboundMessage, domain: String) -> String {
    let isAboutOne = message.kind != .test && message.incidents == 1
    let label = isAboutOne ? label(message.incident.package) : ""
    return "<\(label.isEmpty ? "" : label + ".")tocsin.\(domain)>"
  }

  /// A package in lower case, with a hyphen for anything but letters and digits of ASCII.
  private static func label(_ package: String) -> String {
    let words = package.lowercased().utf8.split { byte in
      !(UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) && !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
    let label = words.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "-").prefix(longestLabel)
    return label.hasSuffix("-") ? String(label.dropLast()) : String(label)
  }
}
