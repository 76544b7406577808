import Foundation
import Storage

/// A person who may sign in.
public struct User: Sendable, Equatable, Codable {
  public let userGuid: String
  /// Unique, whatever its case.
  public let name: String
  @OrNull public var email: String?
  /// `viewer`, `responder` or `admin`.
  public let role: Role
  /// False for somebody who signs in by OIDC only.
  public let hasPassword: Bool
  /// Whether a code of an authenticator app (TOTP) is needed beside the password.
  public let hasSecondFactor: Bool
  public let createdBy: String
  public let createdAt: Date
  @OrNull public var lastLoginAt: Date?
  /// Since when nobody can sign in as this user; nil for one who can.
  @OrNull public var disabledAt: Date?
  @OrNull public var disabledBy: String?

  public var isDisabled: Bool { disabledAt != nil }
}

extension User {
  init(_ row: Row) throws {
    userGuid = try row.text("UserGuid")
    name = try row.text("Name")
    email = try row.optionalText("Email")
    role = try Role(word: row.text("Role"))
    hasPassword = try row.optionalText("PasswordHash") != nil
    hasSecondFactor = try row.optionalTime("TotpEnabledAt") != nil
    createdBy = try row.text("CreatedBy")
    createdAt = try row.time("CreatedAt")
    lastLoginAt = try row.optionalTime("LastLoginAt")
    disabledAt = try row.optionalTime("DisabledAt")
    disabledBy = try row.optionalText("DisabledBy")
  }
}

/// What users go by.
enum UserName {
  /// The same for names that people take for the same: whatever their case, their width (NFKC, Unicode TR 15) or the
  /// characters in them that show nothing. A hash, so that its length is known and no engine's collation matters.
  static func key(_ name: String) -> String {
    let plain = name.unicodeScalars.filter { !$0.properties.isDefaultIgnorableCodePoint }
    let folded = String(String.UnicodeScalarView(plain)).precomposedStringWithCompatibilityMapping
    // Up and down again: ß and ss, or two kinds of sigma, are the same.
    return RandomSecret.hash(folded.uppercased().lowercased().precomposedStringWithCompatibilityMapping)
  }

  /// - Throws: ``Failure`` with code `invalid` for what ``Text/name(_:_:)`` refuses, for a name that shows nothing, and for
  ///   that of Tocsin itself.
  static func checked(_ name: String) throws -> String {
    let name = try Text.name(name)
    guard key(name) != key(""), key(name) != key(Principal.system.name) else {
      throw Failure.invalid("name", "\"\(printable(name))\" is no name for a person")
    }
    return name
  }
}

extension PagedList {
  fileprivate static let users = PagedList(
    name: "users", select: "SELECT * FROM tocsin_user", order: [.text("Name"), .text("UserGuid")])
}

extension Incidents {
  /// All users, by name; disabled ones too.
  public func users() async throws -> [User] { try await database.read { try $0.all(.users, User.init) } }

  /// Some users, by name; disabled ones too.
  ///
  /// - Throws: ``Failure`` with code `invalid` for a limit below 1 or a cursor that is none.
  public func users(page: PageRequest) async throws -> Page<User> {
    try await database.read { try $0.page(.users, page, User.init) }
  }

  /// - Parameter idOrName: a user's guid, or a name in any case.
  /// - Throws: ``Failure`` with code `notFound`.
  public func user(_ idOrName: String) async throws -> User {
    try await database.read { try $0.user(idOrName) }
  }

  /// Whether any user was ever made.
  public func hasUsers() async throws -> Bool { try await database.read { try $0.hasUsers() } }
}

extension Transaction {
  func hasUsers() throws -> Bool { try row("SELECT 1 FROM tocsin_user LIMIT 1") != nil }

  func user(_ idOrName: String) throws -> User { try User(userRow(idOrName)) }

  /// - Throws: ``Failure`` with code `notFound`.
  func userRow(_ idOrName: String) throws -> Row {
    if let row = try optionalUserRow(idOrName) { return row }
    throw Failure(.notFound, "there is no user \"\(printable(idOrName))\"; `tocsin list-users` lists them")
  }

  func optionalUserRow(_ idOrName: String) throws -> Row? {
    try row("SELECT * FROM tocsin_user WHERE UserGuid = ?", [.text(idOrName)])
      ?? optionalUserRow(name: idOrName)
  }

  func optionalUserRow(name: String) throws -> Row? {
    try row("SELECT * FROM tocsin_user WHERE NameKey = ?", [.text(UserName.key(name))])
  }
}
