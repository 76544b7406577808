import Pages
import Tocsin

/// A notify rule as its form holds it: what is stored, or what somebody typed.
struct NotifyRuleForm {
  var code = ""
  var name = ""
  var channels = ""
  var template: String?
  var isNew = false
  private var rule: NotifyRule?

  init(code: String, isNew: Bool) { (self.code, self.isNew) = (code, isNew) }

  init(_ rule: NotifyRule) {
    (code, name, channels, template) = (rule.notifyCode, rule.notifyName, rule.notifyChannels, rule.messageTemplate)
    self.rule = rule
  }

  init(_ visit: Visit, code: String, isNew: Bool) {
    (self.code, self.isNew) = (code, isNew)
    name = visit.typed("notify_name") ?? ""
    channels = visit.text("notify_channels") ?? ""
    template = visit.text("message_template")
  }

  func values(_ incidents: Incidents, _ visit: Visit, problem: Failure?) -> Template.Values {
    var values: Template.Values = [
      "code": code, "codePath": FormText.encoded(code), "name": name, "channels": channels,
      "isNew": isNew, "mayAdminister": visit.mayAdminister,
      "names": NotifyRule.channelNames.map { name -> Template.Values in
        let channel = incidents.channels[name]
        var row: Template.Values = [
          "channel": name, "isConfigured": channel != nil, "hasDefault": channel?.defaultTarget != nil,
        ]
        if let channel { row["targetHint"] = type(of: channel).about.target }
        return row
      },
      "placeholders": NotifyRule.placeholders.map { "{\($0)}" },
    ]
    if let template { values["template"] = template }
    if let field = problem?.field, let id = Self.fields[field] { values["isBad_\(id)"] = true }
    guard let rule, !isNew else { return values }
    let check = incidents.check(rule)
    values["check"] = NotifyRuleRow.state(check, isUsed: true, visit.texts)
    values["finding"] = check.finding
    if let at = rule.updatedAt { values["updated"] = Stamp.age(at, now: visit.now) }
    if let by = rule.updatedBy { values["updatedBy"] = by }
    return values
  }

  private static let fields = [
    "notify_code": "code", "notify_name": "name", "notify_channels": "channels", "message_template": "template",
  ]
}

/// A rule in the list of them.
struct NotifyRuleRow {
  let rule: NotifyRule
  let check: NotifyCheck
  /// Whether alerts tell people under its code.
  let isUsed: Bool
  let visit: Visit

  init(_ rule: NotifyRule, _ check: NotifyCheck, isUsed: Bool, _ visit: Visit) {
    (self.rule, self.check, self.isUsed, self.visit) = (rule, check, isUsed, visit)
  }

  var values: Template.Values {
    let items = (try? rule.items) ?? []
    // Some targets are secrets, which who only reads is not told.
    let channels = visit.mayRespond ? items.map(shown) : items.map(\.channel)
    return [
      "code": rule.notifyCode, "codePath": FormText.encoded(rule.notifyCode), "name": rule.notifyName,
      "channels": channels, "exists": true, "isSound": check.state == .sound,
      "finding": visit.mayRespond ? check.finding : "",
      "state": Self.state(check, isUsed: isUsed, visit.texts),
      "hasTemplate": rule.messageTemplate != nil,
    ]
  }

  private func shown(_ item: NotifyRule.Item) -> String {
    guard let target = item.target else { return item.channel }
    return item.channel + ":" + (visit.incidents.channels[item.channel]?.shown(target) ?? target)
  }

  static func missing(_ check: NotifyCheck, _ texts: Texts) -> Template.Values {
    [
      "code": check.notifyCode, "codePath": FormText.encoded(check.notifyCode), "name": "", "channels": [String](),
      "exists": false, "finding": check.finding, "isSound": false, "hasTemplate": false,
      "state": ["word": texts("rules_broken"), "kind": "bad"],
    ]
  }

  static func state(_ check: NotifyCheck, isUsed: Bool, _ texts: Texts) -> Template.Values {
    switch check.state {
    case .sound: ["word": texts(isUsed ? "rules_sound" : "rules_by_hand"), "kind": "good"]
    case .unused: ["word": texts("rules_unused"), "kind": ""]
    case .partial: ["word": texts("rules_partial"), "kind": "wait"]
    case .broken: ["word": texts("rules_broken"), "kind": "bad"]
    }
  }
}
