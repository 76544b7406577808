import API
import Foundation
import Hummingbird
import Pages
import Tocsin

/// Who is told under which code.
struct NotifyRulesPage: PageGroup {
  let incidents: Incidents

  func add(to table: inout RouteTable) {
    table.add(visit: Route(.get, "/notify-rules", .readers, "The notify rules."), incidents, list)
    // A rule's targets may hold secrets, such as a webhook's address.
    table.add(visit: Route(.get, "/notify-rules/new", .admins, "A new notify rule."), incidents) { visit in
      try form(visit, NotifyRuleForm(code: visit.asked("code") ?? "", isNew: true))
    }
    table.add(visit: Route(.get, "/notify-rules/{code}", .responders, "A notify rule."), incidents) { visit in
      try form(visit, NotifyRuleForm(try await incidents.notifyRule(visit.parameter("code"))))
    }
    table.add(visit: Route(.post, "/notify-rules", .admins, "Makes a notify rule."), incidents, create)
    table.add(visit: Route(.post, "/notify-rules/{code}", .admins, "Changes a notify rule."), incidents) { visit in
      try await set(visit, NotifyRuleForm(visit, code: visit.parameter("code"), isNew: false))
    }
    let delete = Route(.post, "/notify-rules/{code}/delete", .admins, "Deletes a notify rule.")
    table.add(visit: delete, incidents) { visit in
      try await visit.desk.deleteNotifyRule(visit.parameter("code"))
      return visit.done("/notify-rules", said: "rule_deleted")
    }
  }

  @Sendable private func list(_ visit: Visit) async throws -> Response {
    let checks = try await incidents.checkNotifyRules()
    let cursor = visit.asked("cursor")
    let page = try await incidents.notifyRules(page: PageRequest(cursor: cursor))
    let byCode = Dictionary(checks.map { ($0.notifyCode, $0) }, uniquingKeysWith: { $1 })
    var rows = page.items.map { rule in
      let check = byCode[rule.notifyCode]
      return NotifyRuleRow(rule, check ?? incidents.check(rule), isUsed: check != nil, visit).values
    }
    if cursor == nil {
      let known = Set(try await incidents.notifyRules().map(\.notifyCode))
      // Codes that alerts use, and that nobody has made a rule for.
      let missing = checks.filter { $0.state == .broken && !known.contains($0.notifyCode) }
      rows = missing.map { NotifyRuleRow.missing($0, visit.texts) } + rows
    }
    var values: Template.Values = [
      "rules": rows, "hasRules": !rows.isEmpty, "isNoneConfigured": incidents.channels.isEmpty,
      "mayAdminister": visit.mayAdminister, "maySeeTargets": visit.mayRespond,
    ]
    if let next = page.nextCursor { values["more"] = PageAddress(path: "/notify-rules").with([("cursor", next)]) }
    return try visit.page("notify_rules", values)
  }

  @Sendable private func create(_ visit: Visit) async throws -> Response {
    let form = NotifyRuleForm(visit, code: visit.typed("notify_code") ?? "", isNew: true)
    if try await incidents.notifyRules().contains(where: { $0.notifyCode == form.code }) {
      let failure = Failure(
        .conflict, "there is a notify rule \"\(printable(form.code))\" already; open it to change it",
        field: "notify_code")
      return try self.form(visit, form, problem: failure)
    }
    return try await set(visit, form)
  }

  private func set(_ visit: Visit, _ form: NotifyRuleForm) async throws -> Response {
    do {
      try await visit.desk.setNotifyRule(
        form.code, name: form.name, channels: form.channels, messageTemplate: form.template)
      return visit.done("/notify-rules", said: form.isNew ? "rule_made" : "rule_changed")
    } catch let failure as Failure where failure.isAboutTheForm {
      return try self.form(visit, form, problem: failure)
    }
  }

  private func form(_ visit: Visit, _ form: NotifyRuleForm, problem: Failure? = nil) throws -> Response {
    try visit.page("notify_rule", form.values(incidents, visit, problem: problem), problem: problem)
  }
}
