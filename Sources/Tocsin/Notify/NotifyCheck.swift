import Storage

/// How a notify code that alerts use stands.
public struct NotifyCheck: Sendable, Equatable {
  public enum State: Sendable {
    case sound
    /// No alert opens an incident under it, as things are.
    case unused
    /// Some of its people are not told.
    case partial
    /// It reaches nobody.
    case broken
  }

  public let notifyCode: String
  public let state: State
  /// What is so, and what to do about it.
  public let finding: String
}

extension Incidents {
  /// Looks whether people can be told under each code that alerts use: those of severities, and those of the rules in the
  /// configuration. Without any channel there is nothing to look at, and nobody can be told.
  public func checkNotifyRules() async throws -> [NotifyCheck] {
    if channels.isEmpty { return [] }
    let standard = settings.standardNotifyCodes
    var seen: Set<String> = []
    let own = settings.alertRules.filter { $0.notifies && $0.opens != false }.compactMap(\.notifyCode)
    let codes = (Severity.allCases.map(\.notifyCode) + own).filter { seen.insert($0).inserted }
    return try await database.read { transaction in
      try codes.map { code in
        guard let rule = try transaction.notifyRuleIfAny(code) else {
          return own.contains(code) || standard.contains(code)
            ? NotifyCheck(
              notifyCode: code, state: .broken, finding: "there is no such rule, so nobody is told. \(mending(code))")
            : NotifyCheck(
              notifyCode: code, state: .unused,
              finding: "there is no such rule, and no alert opens an incident under it")
        }
        return check(rule)
      }
    }
  }

  /// Looks whether people can be told under this rule.
  public func check(_ rule: NotifyRule) -> NotifyCheck {
    let items = (try? rule.items) ?? []
    let faults = items.compactMap { fault($0.channel, $0.target ?? channels[$0.channel]?.defaultTarget) }
    if faults.isEmpty, !items.isEmpty {
      return NotifyCheck(notifyCode: rule.notifyCode, state: .sound, finding: "\(items.count) can be told")
    }
    let isBroken = faults.count == items.count
    let rest = isBroken ? "so nobody is told" : "the others are told"
    let what = faults.isEmpty ? "it names no channel" : faults.joined(separator: "; ")
    return NotifyCheck(
      notifyCode: rule.notifyCode, state: isBroken ? .broken : .partial,
      finding: "\(what); \(rest). \(mending(rule.notifyCode)), or set the channel up")
  }

  private func mending(_ code: String) -> String {
    let name = channels.keys.sorted().first ?? "CHANNEL"
    return "Run tocsin set-notify-rule \(code) --name NAME --channels \(name)"
  }
}

extension Incidents.Settings {
  /// The codes of the severities that open an incident without a code of their own.
  fileprivate var standardNotifyCodes: Set<String> {
    // After a rule that matches everything, no other is asked.
    let isComplete = alertRules.contains { $0.matchers.isEmpty }
    let deciding = (isComplete ? alertRules : alertRules + [AlertRule()]).filter { $0.notifies && $0.notifyCode == nil }
    return Set(
      deciding.flatMap { rule in
        (rule.severity.map { [$0] } ?? Severity.allCases).filter { rule.opens(for: $0) }.map(\.notifyCode)
      })
  }
}
