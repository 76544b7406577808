import Foundation
import Storage

/// What a new user starts with.
struct UserDraft: Sendable {
  let name: String
  let email: String?
  let role: Role
  /// Nil for somebody who signs in by OIDC only.
  var passwordHash: String?

  /// - Throws: ``Failure`` with code `invalid`.
  init(name: String, email: String?, role: Role) throws {
    self.name = try UserName.checked(name)
    self.email = try Text.optionalLine(email, "email").map { try Text.name($0, "email") }
    if let email = self.email, !email.contains("@") {
      throw Failure.invalid("email", "\"\(printable(email))\" is no address; write NAME@DOMAIN")
    }
    self.role = try Role.person(role)
  }
}

extension Role {
  /// - Throws: ``Failure`` with code `invalid` for a role that is for programs only.
  static func person(_ role: Role) throws -> Role {
    let allowed = ofPeople.map(\.rawValue)
    if ofPeople.contains(role) { return role }
    throw Failure.invalid(
      "role", "\"\(role.rawValue)\" is for programs. Allowed: \(allowed.joined(separator: ", "))", allowed: allowed)
  }
}

extension Incidents {
  /// Makes a user.
  ///
  /// - Parameters:
  ///   - name: 1 to 255 characters, unique whatever their case.
  ///   - role: `viewer`, `responder` or `admin`.
  ///   - password: 8 characters to 1,024 bytes, none that everybody tries first; nil for somebody who cannot sign in with one.
  /// - Throws: ``Failure`` with code `conflict` when the name is taken, `invalid`, `tooMany`.
  @discardableResult
  public func createUser(
    name: String, email: String? = nil, role: Role, password: String?, by: Principal = .system
  ) async throws -> User {
    var draft = try UserDraft(name: name, email: email, role: role)
    if let password { draft.passwordHash = try await hashed(password, of: draft.name) }
    return try await database.write { [draft] in try $0.create(draft, by: by) }
  }
}

extension Transaction {
  /// - Throws: ``Failure`` with code `conflict` when the name is taken.
  func create(_ draft: UserDraft, by: Principal, metadata: Metadata = [:]) throws -> User {
    let guid = newGuid()
    do {
      try execute(
        """
        INSERT INTO tocsin_user (UserGuid, Name, NameKey, Email, Role, PasswordHash, PasswordSetAt, CreatedBy, CreatedAt)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
          .text(guid), .text(draft.name), .text(UserName.key(draft.name)), .text(draft.email),
          .text(draft.role.rawValue), .text(draft.passwordHash), .time(draft.passwordHash.map { _ in now }),
          .text(by.name), .time(now),
        ])
    } catch let error as StorageError where error.code == .unique {
      throw Failure(.conflict, "there is a user named \"\(printable(draft.name))\" already", field: "name")
    }
    try audit(
      .userCreated, draft.name, by: by,
      metadata: ["user_guid": .string(guid), "role": .string(draft.role.rawValue)].merging(metadata) { $1 })
    return try user(guid)
  }
}
