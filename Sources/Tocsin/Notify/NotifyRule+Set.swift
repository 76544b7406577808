import Storage

extension Incidents {
  /// Creates or replaces the rule with this code.
  ///
  /// - Parameters:
  ///   - code: 1 to 100 characters, such as `INCIDENT_CRITICAL`.
  ///   - channels: a comma list of `CHANNEL` or `CHANNEL:TARGET`.
  ///   - messageTemplate: nil for the standard message.
  /// - Throws: ``Failure`` with code `invalid`.
  @discardableResult
  public func setNotifyRule(
    _ code: String, name: String, channels: String, messageTemplate: String? = nil, by: Principal = .system
  ) async throws -> NotifyRule {
    let code = try Text.line(code, "notify_code", 1...100)
    let name = try Text.line(name, "notify_name", 1...255)
    let channels = try Text.block(channels, "notify_channels")
    try refuseBadTargets(NotifyRule.items(channels) { try NotifyRule.Item($0) })
    if messageTemplate?.isEmpty == true {
      throw Failure.invalid("message_template", "is empty; leave it out for the standard message")
    }
    let template = try Text.optionalBlock(messageTemplate, "message_template")
    if let template { _ = try Template(template) }
    return try await database.write { transaction in
      let values: [SQLValue] = [
        .text(name), .text(channels), .text(template), .time(transaction.now), .text(by.name), .text(code),
      ]
      let matched = try transaction.execute(
        """
        UPDATE def_notify SET NotifyName = ?, NotifyChannels = ?, MessageTemplate = ?, UpdatedAt = ?, UpdatedBy = ?
        WHERE NotifyCode = ?
        """, values)
      if matched == 0 {
        try transaction.execute(
          """
          INSERT INTO def_notify (NotifyName, NotifyChannels, MessageTemplate, UpdatedAt, UpdatedBy, NotifyCode)
          VALUES (?, ?, ?, ?, ?, ?)
          """, values)
      }
      // A webhook's address may hold a secret, so the log does not repeat the channels.
      try transaction.audit(.notifyRuleChanged, code, by: by)
      return try transaction.notifyRule(code)
    }
  }

  /// The rule with this code, in any case when it is written in capitals.
  ///
  /// - Throws: ``Failure`` with code `notFound`.
  public func notifyRule(_ code: String) async throws -> NotifyRule {
    try await database.read { try $0.notifyRule(code) }
  }

  /// Deletes the rule with this code. Messages that were sent under it stay.
  ///
  /// - Throws: ``Failure`` with code `notFound`.
  public func deleteNotifyRule(_ code: String, by: Principal = .system) async throws {
    try await database.write { transaction in
      let rule = try transaction.notifyRule(code)
      try transaction.execute("DELETE FROM def_notify WHERE NotifyCode = ?", [.text(rule.notifyCode)])
      try transaction.audit(.notifyRuleChanged, rule.notifyCode, by: by, metadata: ["deleted": true])
    }
  }

  /// All rules, by code.
  public func notifyRules() async throws -> [NotifyRule] {
    try await database.read { try $0.all(.notifyRules, NotifyRule.init) }
  }

  /// Some rules, by code.
  ///
  /// - Throws: ``Failure`` with code `invalid` for a limit below 1 or a cursor that is none.
  public func notifyRules(page: PageRequest) async throws -> Page<NotifyRule> {
    try await database.read { try $0.page(.notifyRules, page, NotifyRule.init) }
  }

  private func refuseBadTargets(_ items: [NotifyRule.Item]) throws {
    for item in items {
      guard let target = item.target, let fault = channels[item.channel]?.fault(inTarget: target) else { continue }
      throw Failure.invalid("notify_channels", "\(item.channel) cannot send to \"\(printable(target))\": \(fault)")
    }
  }
}

extension PagedList {
  static let notifyRules = PagedList(
    name: "notify rules", select: "SELECT * FROM def_notify", order: [.text("NotifyCode")])
}
