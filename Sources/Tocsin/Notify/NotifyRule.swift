import Foundation
import Storage

/// Who is told under a notify code: a row of `def_notify`, which may be written by hand too.
public struct NotifyRule: Sendable, Equatable, Codable {
  public let notifyCode: String
  public let notifyName: String
  /// A comma list of `CHANNEL` or `CHANNEL:TARGET`.
  public let notifyChannels: String
  /// The message; nil for the standard one.
  @OrNull public var messageTemplate: String?
  @OrNull public var updatedAt: Date?
  @OrNull public var updatedBy: String?
}

extension NotifyRule {
  /// Every channel of the contract; one that this Tocsin is not set up for fails with a row that says so.
  public static let channelNames = [
    "PAGERDUTY", "SLACK", "DISCORD", "SMS", "WHATSAPP", "DBUS", "MQTT", "EMAIL", "WEBHOOK",
  ]

  /// What may stand in braces in ``messageTemplate``.
  public static let placeholders = Template.placeholders

  /// One item of `NotifyChannels`.
  public struct Item: Sendable, Equatable {
    public let channel: String
    /// Nil for the channel's default target.
    public let target: String?
  }

  /// The items of ``notifyChannels``. Spaces around an item do not matter; the same item twice counts once. A rule written
  /// by hand may name a channel that does not exist: its message is FAILED, the others are sent.
  ///
  /// - Throws: ``Failure`` with code `invalid` for an empty list.
  public var items: [Item] {
    get throws {
      try Self.items(notifyChannels) { text in (try? Item(text)) ?? Item(unknown: text) }
    }
  }

  static func items(_ list: String, _ read: (String) throws -> Item) throws -> [Item] {
    var items: [Item] = []
    for part in list.split(separator: ",") {
      let item = try read(part.trimmingCharacters(in: .whitespacesAndNewlines))
      if !items.contains(item) { items.append(item) }
    }
    guard !items.isEmpty else {
      throw Failure.invalid("notify_channels", "is empty; give a list such as EMAIL:dba@example.com,WEBHOOK")
    }
    return items
  }
}

extension NotifyRule.Item {
  /// Reads `CHANNEL` or `CHANNEL:TARGET`; the channel in any case.
  public init(_ text: String) throws {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let name = (parts.first ?? "").uppercased()
    guard NotifyRule.channelNames.contains(name) else {
      let known = NotifyRule.channelNames
      throw Failure(
        .invalid,
        "channel \"\(printable(String(parts.first ?? "")))\" is not known\(hint(name, known)). "
          + "Allowed: \(known.joined(separator: ", ")), each alone or as CHANNEL:TARGET",
        field: "notify_channels", allowed: known)
    }
    channel = name
    let text = parts.count == 2 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
    target = text.isEmpty ? nil : try Text.line(text, "target", 1...2048)
  }
}

extension NotifyRule.Item {
  fileprivate init(unknown text: String) {
    let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
    channel = (parts.first ?? "").uppercased().fitting(50)
    target = parts.count == 2 ? parts[1].fitting(2048) : nil
  }
}

extension NotifyRule {
  init(_ row: Row) throws {
    notifyCode = try row.text("NotifyCode")
    notifyName = try row.text("NotifyName")
    notifyChannels = try row.text("NotifyChannels")
    messageTemplate = try row.optionalText("MessageTemplate")
    updatedAt = try row.optionalTime("UpdatedAt")
    updatedBy = try row.optionalText("UpdatedBy")
  }
}

extension Transaction {
  func notifyRuleIfAny(_ code: String) throws -> NotifyRule? {
    func rule(_ code: String) throws -> NotifyRule? {
      try row("SELECT * FROM def_notify WHERE NotifyCode = ?", [.text(code)]).map(NotifyRule.init)
    }
    let capitals = code.uppercased()
    return try rule(code) ?? (capitals == code ? nil : rule(capitals))
  }

  /// - Throws: ``Failure`` with code `notFound` that lists the codes there are.
  func notifyRule(_ code: String) throws -> NotifyRule {
    if let rule = try notifyRuleIfAny(code) { return rule }
    let codes = try rows("SELECT NotifyCode FROM def_notify ORDER BY NotifyCode").map { try $0.text("NotifyCode") }
    let known = codes.isEmpty ? "there are none yet" : "there are: " + codes.joined(separator: ", ")
    throw Failure(
      .notFound,
      "there is no notify rule \"\(printable(code))\"\(hint(code.uppercased(), codes)); \(known). "
        + "`tocsin set-notify-rule` makes one",
      field: "notify_code", allowed: codes)
  }
}
