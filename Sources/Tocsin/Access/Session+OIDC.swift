import Foundation
import Storage

/// Somebody as a login provider (OpenID Connect) knows them. Subject and issuer together never change (OpenID Connect Core
/// 1.0, 5.7); names and addresses may.
public struct Identity: Sendable, Equatable {
  /// The provider, by its URL: `iss`.
  public let issuer: String
  /// The person, by the provider's id: `sub`.
  public let subject: String

  /// - Throws: ``Failure`` with code `invalid` for what is empty or too long.
  public init(issuer: String, subject: String) throws {
    self.issuer = try Text.line(issuer, "issuer", 1...2048)
    self.subject = try Text.line(subject, "subject", 1...255)
  }

  fileprivate var key: String { linkHash([issuer, subject]) }
}

extension Incidents {
  /// Signs in somebody whom a login provider vouches for. At the first time a user is made for them; an existing user is
  /// never taken over by name or email.
  ///
  /// - Parameters:
  ///   - name: what a new user is called; with a number behind it when the name is taken.
  ///   - role: what the provider's groups give today; whatever an admin set meanwhile, it counts from now on.
  /// - Throws: ``Failure`` with code `forbidden` for a disabled user, `invalid`.
  public func openSession(
    for identity: Identity, name: String, email: String?, role: Role, address: String?, userAgent: String? = nil
  ) async throws -> NewSession {
    let role = try Role.person(role)
    let draft = SessionDraft(method: "oidc", address: address, userAgent: userAgent)
    let session = try await database.write { transaction -> NewSession? in
      let known = try transaction.user(of: identity)
      let user = try known ?? transaction.create(identity, name, email, role, address)
      guard !user.isDisabled else {
        try transaction.auditRefusal(.loginFailed, user.name, at: address, metadata: ["wrong": "disabled"])
        return nil
      }
      try transaction.follow(identity, user, role, address)
      return try transaction.begin(draft, for: user.userGuid)
    }
    guard let session else { throw Failure(.forbidden, "this user is disabled; an admin can enable it again") }
    return session
  }
}

extension Transaction {
  fileprivate func user(of identity: Identity) throws -> User? {
    let row = try row("SELECT UserGuid FROM tocsin_identity WHERE IdentityKey = ?", [.text(identity.key)])
    return try row.map { try user($0.text("UserGuid")) }
  }

  /// Whoever has left the admins' group there is no admin here, even if nobody else is one: `tocsin create-user` makes one.
  fileprivate func follow(_ identity: Identity, _ user: User, _ role: Role, _ address: String?) throws {
    if user.role == role { return }
    try execute("UPDATE tocsin_user SET Role = ? WHERE UserGuid = ?", [.text(role.rawValue), .text(user.userGuid)])
    try audit(
      .roleChanged, user.name, by: Principal(user.name, from: address),
      metadata: [
        "from": .string(user.role.rawValue), "to": .string(role.rawValue), "issuer": .string(identity.issuer),
      ])
  }

  fileprivate func create(
    _ identity: Identity, _ name: String, _ email: String?, _ role: Role, _ address: String?
  ) throws -> User {
    // An odd address is left out: it decides nothing.
    let name = try freeName(name)
    let draft =
      try (try? UserDraft(name: name, email: email, role: role)) ?? UserDraft(name: name, email: nil, role: role)
    let user = try create(
      draft, by: Principal(draft.name, from: address),
      metadata: ["issuer": .string(identity.issuer), "subject": .string(identity.subject)])
    try execute(
      "INSERT INTO tocsin_identity (IdentityKey, Issuer, Subject, UserGuid, CreatedAt) VALUES (?, ?, ?, ?, ?)",
      [.text(identity.key), .text(identity.issuer), .text(identity.subject), .text(user.userGuid), .time(now)])
    return user
  }

  /// `name`, or `name-2`, `name-3` … when it is taken; `user` for what is no name.
  private func freeName(_ name: String) throws -> String {
    let wanted = seen(name.trimmingCharacters(in: .whitespacesAndNewlines), 240)
    let base = (try? UserName.checked(wanted)) ?? "user"
    for number in 1...50 {
      let candidate = number == 1 ? base : "\(base)-\(number)"
      if try optionalUserRow(name: candidate) == nil { return candidate }
    }
    return "\(base.prefix(200))-\(newGuid())"
  }
}
