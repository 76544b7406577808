import API
import Hummingbird
import Pages
import Tocsin

/// Who may sign in, and inviting somebody.
struct PeoplePage: PageGroup {
  let incidents: Incidents

  func add(to table: inout RouteTable) {
    table.add(visit: Route(.get, "/people", .admins, "The people."), incidents) { visit in try await page(visit) }
    table.add(visit: Route(.post, "/people", .admins, "Makes a user."), incidents) { visit in
      let drawn = visit.form["password"].flatMap { $0.isEmpty ? nil : $0 } == nil ? DrawnPassword.draw() : nil
      do {
        let user = try await visit.desk.createUser(
          name: visit.typed("name") ?? "", email: visit.typed("email"),
          role: Role(word: visit.typed("role") ?? "responder"), password: drawn ?? visit.form["password"])
        guard let drawn else { return visit.done("/people", said: "person_made") }
        return try await page(visit, made: user, secret: drawn)
      } catch let failure as Failure where failure.isAboutTheForm {
        return try await page(visit, problem: failure)
      }
    }
  }

  private func page(
    _ visit: Visit, made: User? = nil, secret: String? = nil, problem: Failure? = nil
  ) async throws -> Response {
    let people = try await incidents.users(page: PageRequest(cursor: visit.asked("cursor")))
    let role = visit.typed("role") ?? Role.responder.rawValue
    var values: Template.Values = [
      "people": people.items.map { row($0, visit) }, "roles": RoleChoice.people(role, visit.texts),
    ]
    if let next = people.nextCursor { values["more"] = PageAddress(path: "/people").with([("cursor", next)]) }
    if problem != nil {
      for field in ["name", "email"] { values[field] = visit.typed(field) ?? "" }
    }
    if let made, let secret {
      values["secret"] = secret
      values["secretOf"] = visit.texts("people_secret_of", ["name": made.name])
    }
    return try visit.page("people", values, problem: problem)
  }

  private func row(_ user: User, _ visit: Visit) -> Template.Values {
    var row: Template.Values = [
      "guid": user.userGuid, "personName": user.name, "role": user.role.rawValue, "isDisabled": user.isDisabled,
      "hasSecondFactor": user.hasSecondFactor, "hasPassword": user.hasPassword,
      "isYou": user.userGuid == visit.person.user.userGuid,
    ]
    if let email = user.email { row["personEmail"] = email }
    if let at = user.lastLoginAt { row["lastLogin"] = Stamp.age(at, now: visit.now) }
    return row
  }
}

/// Roles as a form offers them, with what each may do.
enum RoleChoice {
  static func people(_ chosen: String, _ texts: Texts) -> [Template.Values] { list(Role.ofPeople, chosen, texts) }

  static func list(_ roles: [Role], _ chosen: String, _ texts: Texts) -> [Template.Values] {
    roles.map { role in
      [
        "value": role.rawValue, "isChosen": role.rawValue == chosen,
        "words": texts("role_\(role.rawValue)"),
      ]
    }
  }
}
