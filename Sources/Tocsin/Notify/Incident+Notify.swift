import Storage

/// How many messages of a notification were accepted (and perhaps delivered since), given up, or are still on their way.
public struct NotifyOutcome: Sendable, Equatable, Codable {
  public let sent: Int
  public let failed: Int
  public let pending: Int
  public let communications: [Communication]

  init(_ communications: [Communication]) {
    func count(_ status: DeliveryStatus) -> Int { communications.count { $0.status == status.rawValue } }
    sent = count(.sent) + count(.delivered)
    failed = count(.failed)
    pending = count(.pending)
    self.communications = communications
  }
}

/// Messages on record, about to be sent.
struct Posted: Unfinished {
  let communications: [Communication]
  /// Those that the caller has claimed already.
  let claimed: [Batch]

  init(_ communications: [Communication], claimed: [Batch] = []) {
    self.communications = communications
    self.claimed = claimed
  }

  var answerSoFar: NotifyOutcome { NotifyOutcome(communications) }
}

extension Incidents {
  /// Tells the people of a notify rule about an incident: one message per channel and target, each with its own short
  /// reference. The messages are on record before the first is sent; what cannot be sent now stays PENDING, and a server
  /// on the same database goes on trying for a day.
  ///
  /// - Parameters:
  ///   - notifyCode: the rule's code.
  ///   - messageTemplate: the text, with `{placeholders}`; nil for the rule's or the standard one.
  ///   - patience: seconds to wait for the outcome.
  /// - Throws: ``Failure`` with code `notFound` for the incident or the rule, `invalid` for the template or an empty rule,
  ///   `conflict` for a merged incident.
  @discardableResult
  public func notify(
    _ id: String, notifyCode: String, messageTemplate: String? = nil, by: Principal = .system, patience: Double = 35
  ) async throws -> NotifyOutcome {
    if messageTemplate?.isEmpty == true { throw Failure.invalid("message_template", "is empty") }
    let context = claimContext
    let posted = try await database.write { transaction in
      let incident = try transaction.openToChange(id)
      let rule = try transaction.notifyRule(notifyCode)
      let communications = try post(rule, incident, template: messageTemplate, by: by, transaction)
      // In the same commit: one sync to disk less before the first byte.
      let claimed = try communications.compactMap {
        try transaction.claim(.message(guid: $0.communicationGuid), context)
      }
      return Posted(communications, claimed: claimed)
    }
    return NotifyOutcome(try await Dispatcher(self).deliver(posted, patience: patience))
  }

  /// Puts one message for each item of `rule` on record.
  ///
  /// - Parameters:
  ///   - alert: why people are told again, in a line of the standard message.
  ///   - mayBeHeld: whether a storm may hold them for a moment: see ``Storm``.
  func post(
    _ rule: NotifyRule, _ incident: Incident, template: String?, because alert: Alert? = nil, mayBeHeld: Bool = false,
    by: Principal, _ transaction: any Transaction
  ) throws -> [Communication] {
    let url = url(of: incident)
    let standard = incident.standardTemplate(hasURL: url != nil)
    let text = template ?? rule.messageTemplate ?? standard
    let reason = alert.map { "Alert: \($0.severity.rawValue) \(oneLine($0.title))" }
    let parsed = try Template(text).adding(line: text == standard ? reason : nil)
    var told: Set<String> = []
    let items = try rule.items.filter { item in
      // The default target may be in the list by its name as well.
      told.insert("\(item.channel):\(item.target ?? channels[item.channel]?.defaultTarget ?? "")").inserted
    }
    return try items.map { item in
      try post(
        MessageDraft(
          incident: incident, channel: item.channel, target: item.target,
          text: { try parsed.render(incident.placeholderValues(url: url), shortRef: $0) },
          subject: { "[\(incident.severity.rawValue)] \(oneLine(incident.title)) [Ref: \($0)]" },
          metadata: [
            "notify_code": .string(rule.notifyCode),
            MessageDraft.severityKey: .string((alert?.severity ?? incident.severity).rawValue),
          ], mayBeHeld: mayBeHeld),
        by: by, transaction)
    }
  }

  /// Where people see the incident, when a public URL is configured.
  func url(of incident: Incident) -> String? {
    settings.publicURL.map { "\($0)/incidents/\(incident.incidentGuid)" }
  }
}
