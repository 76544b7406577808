import API
import Hummingbird
import Pages
import Tocsin

/// What people do with their own account.
struct AccountPage: PageGroup {
  let incidents: Incidents

  func add(to table: inout RouteTable) {
    table.add(visit: Route(.get, "/account", .session, "One's own account."), incidents) { visit in
      try await page(visit)
    }
    change("password", "Changes one's own password.", &table) { visit in
      guard visit.form["new_password"] == visit.form["again"] else {
        throw Failure(.invalid, "the two passwords are not the same", field: "again")
      }
      try await incidents.changeOwnPassword(
        visit.person, from: visit.form["old_password"] ?? "", to: visit.form["new_password"] ?? "",
        by: visit.principal)
      return visit.done("/account", said: "password_changed")
    }
    addSecondFactor(to: &table)
    addSessions(to: &table)
  }

  private func addSecondFactor(to table: inout RouteTable) {
    change("second-factor/start", "Draws a secret for an authenticator app.", &table) { visit in
      let start = try await incidents.startTOTP(of: visit.person.recentlyByPassword(visit.now).user.userGuid)
      return try await page(visit, ["totp": ["totpSecret": start.secret, "uri": start.uri], "isConfirming": true])
    }
    change("second-factor", "Turns the second factor on.", &table) { visit in
      let codes = try await incidents.confirmTOTP(
        of: visit.person.recently(visit.now).user.userGuid, code: visit.typed("code") ?? "", by: visit.principal)
      return try await page(visit, ["codes": codes, "hasCodes": true, "said": visit.texts("said_factor_on")])
    }
    change("second-factor/off", "Turns the second factor off.", &table) { visit in
      try await incidents.disableTOTP(of: visit.person.recently(visit.now).user.userGuid, by: visit.principal)
      return visit.done("/account", said: "factor_off")
    }
    change("recovery-codes", "Draws new recovery codes.", &table) { visit in
      let codes = try await incidents.drawRecoveryCodes(
        of: visit.person.recently(visit.now).user.userGuid, by: visit.principal)
      return try await page(visit, ["codes": codes, "hasCodes": true])
    }
  }

  private func addSessions(to table: inout RouteTable) {
    change("sessions/end-others", "Signs out everywhere else.", &table) { visit in
      try await incidents.endSessions(
        of: visit.person.user.userGuid, keeping: visit.person.session.sessionGuid, by: visit.principal)
      return visit.done("/account", said: "sessions_ended", anchor: "sessions")
    }
    change("sessions/{session_guid}/end", "Signs out at another browser.", &table) { visit in
      try await incidents.endSession(
        visit.parameter("session_guid"), of: visit.person.user.userGuid, by: visit.principal)
      return visit.done("/account", said: "sessions_ended", anchor: "sessions")
    }
  }

  private func change(
    _ name: String, _ summary: String, _ table: inout RouteTable,
    _ act: @escaping @Sendable (Visit) async throws -> Response
  ) {
    table.add(visit: Route(.post, "/account/\(name)", .session, summary), incidents) { visit in
      do {
        return try await act(visit)
      } catch let failure as Failure
        where failure.isAboutTheForm || failure.code == .forbidden || failure.code == .unavailable
      {
        // A wrong code leaves the secret as it is: the app has it already.
        return try await page(visit, ["isConfirming": failure.field == "code"], problem: failure)
      }
    }
  }
}

extension AccountPage {
  private func page(
    _ visit: Visit, _ more: Template.Values = [:], problem: Failure? = nil
  ) async throws -> Response {
    // As it is now, not as it was when the request came in.
    let user = try await incidents.user(visit.person.user.userGuid)
    let current = visit.person.session.sessionGuid
    let preferences = Preferences(visit.request)
    let sessions = try await incidents.sessions(of: user.userGuid)
    var values: Template.Values = [
      "name": user.name, "role": user.role.rawValue, "roleWords": visit.texts("role_\(user.role.rawValue)"),
      "hasPassword": user.hasPassword, "hasSecondFactor": user.hasSecondFactor,
      "isRecent": visit.person.isRecent(visit.now), "areKeysOn": preferences.hasKeys,
      "sessions": sessions.map { row($0, isCurrent: $0.sessionGuid == current, visit) },
      "hasOthers": sessions.count > 1, "isConfirming": false, "hasCodes": false,
    ]
    if let email = user.email { values["email"] = email }
    if user.hasSecondFactor {
      values["codesLeft"] = visit.texts.count(
        "account_codes_left", try await incidents.recoveryCodesLeft(of: user.userGuid))
    }
    return try visit.page("account", values.merging(more) { $1 }, problem: problem)
  }

  private func row(_ session: Session, isCurrent: Bool, _ visit: Visit) -> Template.Values {
    var row: Template.Values = [
      "guid": session.sessionGuid, "isCurrent": isCurrent, "method": visit.texts("session_\(session.method)"),
      "began": Stamp.at(session.createdAt), "seen": Stamp.age(session.lastSeenAt, now: visit.now),
    ]
    if let address = session.address { row["address"] = address }
    if let userAgent = session.userAgent { row["userAgent"] = userAgent }
    return row
  }
}
