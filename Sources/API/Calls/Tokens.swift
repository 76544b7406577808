import Foundation
import Tocsin

/// A token with its secret, which is shown this once.
public struct NewToken: Codable, Sendable {
  public let tokenGuid: String
  public let name: String
  public let role: Role
  @OrNull public var expiresAt: Date?
  public let secret: String
}

public struct CreateToken: Call {
  public static let route = Route.api(.post, "/tokens", .admins, "Make a token. Its secret is shown this once.")
  public static let status = 201

  var name: String
  var role: Role
  /// As `Token.expiry` reads it; nil for never.
  var expiresAt: String?
  var createdBy: String?

  public var actor: String? { createdBy }

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> NewToken {
    let end = try expiresAt.map { try Token.expiry($0, now: incidents.database.now()) }
    let (token, secret) = try await incidents.createToken(name: name, role: role, expiresAt: end, by: principal)
    return NewToken(
      tokenGuid: token.tokenGuid, name: token.name, role: token.role, expiresAt: token.expiresAt, secret: secret)
  }
}

extension Desk {
  /// Makes a token: see `Incidents.createToken`.
  ///
  /// - Parameter expiresAt: such as `90d`: see `Token.expiry`. Nil for never.
  public func createToken(
    name: String, role: Role, expiresAt: String? = nil, by: String? = nil
  ) async throws -> NewToken {
    try await perform(CreateToken(name: name, role: role, expiresAt: expiresAt, createdBy: by))
  }
}
