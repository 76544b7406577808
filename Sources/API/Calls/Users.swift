import Tocsin

/// What people can be; `ingest` is for programs only.
public enum PersonRole: String, Word {
  case viewer, responder, admin

  public static let field = "role"
  public static func spelling(_ word: String) -> String { word.lowercased() }

  /// - Throws: ``Failure`` with code `invalid` for a role of programs.
  init(_ role: Role) throws { self = try PersonRole(word: role.rawValue) }

  var role: Role { Role(rawValue: rawValue) ?? .viewer }
}

public struct CreateUser: Call {
  public static let route = Route.api(.post, "/users", .admins, "Make a user, who may sign in.")
  public static let status = 201

  var name: String
  var role: PersonRole
  var email: String?
  var password: String?
  var createdBy: String?

  public var onBehalfOf: String? { createdBy }

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> User {
    try await incidents.createUser(name: name, email: email, role: role.role, password: password, by: principal)
  }
}

public struct ListUsers: PagedCall {
  public typealias Item = User
  public static let route = Route.api(.get, "/users", .admins, "List the users, disabled ones too, by name.")

  public var limit: Int?
  public var cursor: String?

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> Page<User> {
    try await incidents.users(page: page)
  }
}

public struct GetUser: Call {
  public static let route = Route.api(.get, "/users/{user}", .admins, "Show a user, by guid or name.")

  var user: String

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> User {
    try await incidents.user(user)
  }
}

public struct SetPassword: Call {
  public static let route = Route.api(
    .put, "/users/{user}/password", .admins, "Give a user a new password, and end their sessions.")

  var user: String
  var password: String
  var changedBy: String?

  public var onBehalfOf: String? { changedBy }

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> User {
    try await incidents.setPassword(of: user, to: password, by: principal)
  }
}

public struct ChangeRole: Call {
  public static let route = Route.api(.put, "/users/{user}/role", .admins, "Give a user another role.")

  var user: String
  var role: PersonRole
  var changedBy: String?

  public var onBehalfOf: String? { changedBy }

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> User {
    try await incidents.changeRole(of: user, to: role.role, by: principal)
  }
}

public struct DisableUser: Call {
  public static let route = Route.api(
    .put, "/users/{user}/disablement", .admins, "Keep a user from signing in, and end their sessions.")

  var user: String
  var changedBy: String?

  public var onBehalfOf: String? { changedBy }

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> User {
    try await incidents.disableUser(user, by: principal)
  }
}

public struct EnableUser: Call {
  public static let route = Route.api(
    .delete, "/users/{user}/disablement", .admins, "Let a disabled user sign in again.")

  var user: String
  var changedBy: String?

  public var onBehalfOf: String? { changedBy }

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> User {
    try await incidents.enableUser(user, by: principal)
  }
}

public struct DisableTOTP: Call {
  public static let route = Route.api(
    .delete, "/users/{user}/totp", .admins, "Turn off the second factor of a user who lost it.")

  var user: String
  var changedBy: String?

  public var onBehalfOf: String? { changedBy }

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> User {
    try await incidents.disableTOTP(of: user, by: principal)
  }
}

extension Desk {
  /// Makes a user: see `Incidents.createUser`.
  @discardableResult
  public func createUser(
    name: String, email: String? = nil, role: Role, password: String?, by: String? = nil
  ) async throws -> User {
    try await perform(
      CreateUser(name: name, role: PersonRole(role), email: email, password: password, createdBy: by))
  }

  /// All users, by name; disabled ones too.
  public func users() async throws -> [User] { try await all(ListUsers()).items }

  /// A user, by guid or name.
  public func user(_ idOrName: String) async throws -> User { try await perform(GetUser(user: idOrName)) }

  /// Gives a user a new password: see `Incidents.setPassword`.
  @discardableResult
  public func setPassword(of idOrName: String, to password: String, by: String? = nil) async throws -> User {
    try await perform(SetPassword(user: idOrName, password: password, changedBy: by))
  }

  /// Gives a user another role: see `Incidents.changeRole`.
  @discardableResult
  public func changeRole(of idOrName: String, to role: Role, by: String? = nil) async throws -> User {
    try await perform(ChangeRole(user: idOrName, role: PersonRole(role), changedBy: by))
  }

  /// Keeps a user from signing in: see `Incidents.disableUser`.
  @discardableResult
  public func disableUser(_ idOrName: String, by: String? = nil) async throws -> User {
    try await perform(DisableUser(user: idOrName, changedBy: by))
  }

  /// Lets a disabled user sign in again.
  @discardableResult
  public func enableUser(_ idOrName: String, by: String? = nil) async throws -> User {
    try await perform(EnableUser(user: idOrName, changedBy: by))
  }

  /// Turns off the second factor of a user who lost it.
  @discardableResult
  public func disableTOTP(of idOrName: String, by: String? = nil) async throws -> User {
    try await perform(DisableTOTP(user: idOrName, changedBy: by))
  }
}
