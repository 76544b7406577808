import Tocsin

/// A token with its secret, which is shown this once.
public struct NewToken: Codable, Sendable {
  public let tokenGuid: String
  public let name: String
  public let role: Role
  public let secret: String
}

public struct CreateToken: Call {
  public static let route = Route.api(.post, "/tokens", .admins, "Make a token. Its secret is shown this once.")
  public static let status = 201

  var name: String
  var role: Role
  var createdBy: String?

  public var actor: String? { createdBy }

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> NewToken {
    let (token, secret) = try await incidents.createToken(name: name, role: role, by: principal)
    return NewToken(tokenGuid: token.tokenGuid, name: token.name, role: token.role, secret: secret)
  }
}

extension Desk {
  /// Makes a token: see `Incidents.createToken`.
  public func createToken(name: String, role: Role, by: String? = nil) async throws -> NewToken {
    try await perform(CreateToken(name: name, role: role, createdBy: by))
  }
}
