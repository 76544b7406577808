import Foundation
import Storage

/// Where a database on MariaDB is, and who asks: `mariadb://USER:PASSWORD@HOST:PORT[,HOST:PORT…]/NAME[?OPTION=VALUE&…]`.
///
/// User, password, name and values are percent-encoded where they hold `:/@?#&%` or a space. A host without a port is asked
/// at 3306; an IPv6 address stands in brackets.
public struct MariaDBAddress: Sendable, Equatable, CustomStringConvertible {
  /// One server.
  public struct Host: Sendable, Hashable, CustomStringConvertible {
    public var name: String
    public var port: UInt16

    public init(name: String, port: UInt16 = 3306) {
      self.name = name
      self.port = port
    }

    public var description: String { (name.contains(":") ? "[\(name)]" : name) + ":\(port)" }
  }

  /// How a connection is protected.
  public enum TLS: String, Sendable, CaseIterable {
    /// Not at all.
    case off
    /// Encrypted, and the server's certificate and name are checked. The default when a `ca` is named.
    case required
    /// Encrypted, without knowing with whom.
    case unverified
  }

  /// The names of the options of the URL.
  static let options = ["tls", "ca", "certificate", "key"]

  public var user: String
  public var password: String?
  /// Tried in order.
  public var hosts: [Host]
  public var database: String
  public var tls: TLS = .off
  /// PEM files: whom to trust instead of the system's authorities, and what to show to a server that asks who we are.
  public var ca: String?
  public var certificate: String?
  public var key: String?

  /// Without the password.
  public var description: String {
    "mariadb://\(user)@\(hosts.map(\.description).joined(separator: ","))/\(database)"
  }

  /// Whether `text` means to be one.
  public static func isMeant(by text: String) -> Bool { text.lowercased().hasPrefix("mariadb:") }

  /// - Throws: ``StorageError`` with code `cannotOpen` that says what is wrong, without repeating the password.
  public init(_ text: String) throws {
    guard text.lowercased().hasPrefix("mariadb://") else { throw Self.fault("it does not begin with mariadb://") }
    let rest = text.dropFirst("mariadb://".count)
    let (place, query) = rest.halves(at: "?")
    guard let at = place.lastIndex(of: "@") else { throw Self.fault("it names no user") }
    let (user, password) = place[..<at].halves(at: ":")
    self.user = try Self.decoded(user, "user")
    self.password = try password.map { try Self.decoded($0, "password") }
    let (hosts, name) = place[place.index(after: at)...].halves(at: "/")
    self.hosts = try hosts.split(separator: ",", omittingEmptySubsequences: false).map { try Host($0) }
    database = try Self.decoded(name ?? "", "database")
    guard !self.user.isEmpty else { throw Self.fault("it names no user") }
    guard !database.isEmpty, !database.contains("/") else { throw Self.fault("it names no database after the hosts") }
    try take(query ?? "")
  }

  private mutating func take(_ query: Substring) throws {
    // What stands behind a ? that was meant for the password must not be shown.
    guard !query.contains("@") else { throw Self.fault("there is a ? before its @") }
    for option in query.split(separator: "&") {
      let (name, text) = option.halves(at: "=")
      let value = try Self.decoded(text ?? "", String(name))
      guard !value.isEmpty else { throw Self.fault("the option \(name) has no value") }
      switch name {
      case "tls":
        guard let level = TLS(rawValue: value) else {
          throw Self.fault("tls takes \(TLS.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        tls = level
      case "ca":
        ca = value
        if !query.contains("tls=") { tls = .required }
      case "certificate": certificate = value
      case "key": key = value
      default: throw Self.fault("there is no option \(name). Allowed: \(Self.options.joined(separator: ", "))")
      }
    }
    guard (certificate == nil) == (key == nil) else { throw Self.fault("certificate and key go together") }
    guard tls != .off || (ca ?? certificate) == nil else { throw Self.fault("ca, certificate and key need tls") }
  }

  fileprivate static func fault(_ problem: String) -> StorageError {
    StorageError(
      .cannotOpen,
      "the database's address is wrong: \(problem). Write mariadb://USER:PASSWORD@HOST:PORT/NAME, with %-codes for special "
        + "characters")
  }

  private static func decoded(_ text: Substring, _ part: String) throws -> String {
    guard let decoded = String(text).removingPercentEncoding, !decoded.contains("\0") else {
      throw fault("the \(part) is not percent-encoded")
    }
    return decoded
  }
}

extension MariaDBAddress.Host {
  fileprivate init(_ text: Substring) throws {
    var (name, port) = (text, Substring?.none)
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      name = text[text.index(after: text.startIndex)..<end]
      let after = text[text.index(after: end)...]
      port = after.isEmpty ? nil : after.hasPrefix(":") ? after.dropFirst() : ""
    } else {
      (name, port) = text.halves(at: ":")
    }
    guard !name.isEmpty, !name.contains(where: { $0.isWhitespace }) else {
      throw MariaDBAddress.fault("a host is missing")
    }
    self.init(name: String(name))
    guard let port else { return }
    guard let number = UInt16(port), number > 0 else {
      throw MariaDBAddress.fault("a port is no number from 1 to 65535")
    }
    self.port = number
  }
}

extension Substring {
  /// What is before the first `separator`, and what after it; nil when there is none.
  fileprivate func halves(at separator: Character) -> (Substring, Substring?) {
    guard let index = firstIndex(of: separator) else { return (self, nil) }
    return (self[..<index], self[self.index(after: index)...])
  }
}
