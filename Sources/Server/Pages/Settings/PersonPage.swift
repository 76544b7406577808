import API
import Hummingbird
import Pages
import Tocsin

/// What an admin does with somebody's account.
struct PersonPage: PageGroup {
  let incidents: Incidents

  func add(to table: inout RouteTable) {
    table.add(visit: Route(.get, "/people/{user}", .admins, "Somebody's account."), incidents) { visit in
      try await page(visit)
    }
    change("role", "Gives somebody another role.", &table) { visit, guid in
      try await visit.desk.changeRole(of: guid, to: Role(word: visit.typed("role") ?? ""))
    }
    change("disablement", "Keeps somebody from signing in.", &table) { visit, guid in
      try await visit.desk.disableUser(guid)
    }
    change("enablement", "Lets somebody sign in again.", &table) { visit, guid in
      try await visit.desk.enableUser(guid)
    }
    change("second-factor/off", "Turns off the second factor of somebody who lost it.", &table) { visit, guid in
      try await visit.desk.disableTOTP(of: guid)
    }
    let password = Route(.post, "/people/{user}/password", .admins, "Gives somebody a new password.")
    table.add(visit: password, incidents, setPassword)
  }

  private func change(
    _ name: String, _ summary: String, _ table: inout RouteTable,
    _ act: @escaping @Sendable (Visit, String) async throws -> User
  ) {
    table.add(visit: Route(.post, "/people/{user}/\(name)", .admins, summary), incidents) { visit in
      do {
        let user = try await act(visit, visit.parameter("user"))
        return visit.done("/people/\(user.userGuid)", said: "person_changed")
      } catch let failure as Failure where failure.isAboutTheForm && failure.code != .notFound {
        return try await page(visit, problem: failure)
      }
    }
  }

  @Sendable private func setPassword(_ visit: Visit) async throws -> Response {
    let typed = visit.form["password"].flatMap { $0.isEmpty ? nil : $0 }
    let drawn = typed == nil ? DrawnPassword.draw() : nil
    do {
      let user = try await visit.desk.setPassword(of: visit.parameter("user"), to: typed ?? drawn ?? "")
      guard let drawn else { return visit.done("/people/\(user.userGuid)", said: "person_changed") }
      return try await page(visit, secret: drawn)
    } catch let failure as Failure where failure.isAboutTheForm && failure.code != .notFound {
      return try await page(visit, problem: failure)
    }
  }

  private func page(_ visit: Visit, secret: String? = nil, problem: Failure? = nil) async throws -> Response {
    let user = try await incidents.user(visit.parameter("user"))
    var values: Template.Values = [
      "guid": user.userGuid, "name": user.name, "role": user.role.rawValue, "isDisabled": user.isDisabled,
      "hasSecondFactor": user.hasSecondFactor, "hasPassword": user.hasPassword,
      "isYou": user.userGuid == visit.person.user.userGuid, "createdBy": user.createdBy,
      "created": Stamp.at(user.createdAt), "sessions": try await incidents.sessions(of: user.userGuid).count,
      "roles": RoleChoice.people(user.role.rawValue, visit.texts),
    ]
    if let email = user.email { values["email"] = email }
    if let at = user.lastLoginAt { values["lastLogin"] = Stamp.age(at, now: visit.now) }
    if let at = user.disabledAt { values["disabled"] = Stamp.at(at) }
    if let by = user.disabledBy { values["disabledBy"] = by }
    if let secret {
      values["secret"] = secret
      values["secretOf"] = visit.texts("people_secret_of", ["name": user.name])
    }
    return try visit.page("person", values, problem: problem)
  }
}
