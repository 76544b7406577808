import Foundation
import Storage

/// What an operator says of a heartbeat.
public struct HeartbeatDraft: Sendable {
  /// Seconds; 10 to a year.
  public var interval: Int
  /// Seconds; up to a week.
  public var grace: Int
  public var severity: Severity
  /// Nil for `heartbeat`.
  public var package: String?
  public var title: String?
  public var isEnabled: Bool

  public init(
    interval: Int, grace: Int? = nil, severity: Severity? = nil, package: String? = nil, title: String? = nil,
    isEnabled: Bool? = nil
  ) {
    self.interval = interval
    self.grace = grace ?? 60
    self.severity = severity ?? .high
    self.package = package
    self.title = title
    self.isEnabled = isEnabled ?? true
  }
}

extension Incidents {
  /// Creates or replaces a heartbeat. One that was never called is due counting from now; of one that exists, the last call
  /// goes on counting.
  ///
  /// - Throws: ``Failure`` with code `invalid`.
  @discardableResult
  public func setHeartbeat(
    _ name: String, _ draft: HeartbeatDraft, by: Principal = .system
  ) async throws -> Heartbeat {
    let draft = try draft.checked()
    let name = try Heartbeat.checked(name: name)
    let heartbeat = try await database.write { transaction in
      guard let row = try transaction.row("SELECT * FROM data_heartbeat WHERE HeartbeatName = ?", [.text(name)]) else {
        let heartbeat = try transaction.insert(draft, name, by: by)
        try transaction.audit(heartbeat, by: by)
        return heartbeat
      }
      let old = try Heartbeat(row)
      var heartbeat = old
      heartbeat.set(draft, now: transaction.now, by: by)
      try transaction.save(heartbeat)
      try transaction.audit(heartbeat, by: by)
      if old.missedAt != nil, heartbeat.missedAt == nil {
        _ = try take([old.alert(.resolved, at: transaction.now)], transaction)
      }
      return heartbeat
    }
    outboxBell.ring()
    return heartbeat
  }

  /// Deletes a heartbeat, and resolves its alert.
  ///
  /// - Throws: ``Failure`` with code `notFound`.
  public func deleteHeartbeat(_ name: String, by: Principal = .system) async throws {
    try await database.write { transaction in
      let heartbeat = try transaction.heartbeat(name)
      try transaction.execute("DELETE FROM data_heartbeat WHERE HeartbeatName = ?", [.text(name)])
      try transaction.audit(.heartbeatDeleted, name, by: by)
      if heartbeat.missedAt != nil { _ = try take([heartbeat.alert(.resolved, at: transaction.now)], transaction) }
    }
    outboxBell.ring()
  }

  /// - Throws: ``Failure`` with code `notFound`.
  public func heartbeat(_ name: String) async throws -> Heartbeat {
    try await database.read { try $0.heartbeat(name) }
  }

  /// The heartbeats, by name.
  ///
  /// - Throws: ``Failure`` with code `invalid` for a limit below 1 or a cursor that is none.
  public func heartbeats(page: PageRequest = PageRequest()) async throws -> Page<Heartbeat> {
    try await database.read { try $0.page(.heartbeats, page, Heartbeat.init) }
  }
}

extension PagedList {
  static let heartbeats = PagedList(
    name: "heartbeats", select: "SELECT * FROM data_heartbeat", order: [.text("HeartbeatName")])
}

extension HeartbeatDraft {
  fileprivate func checked() throws -> HeartbeatDraft {
    var draft = self
    let (intervals, graces) = (10...31_622_400, 0...604_800)
    guard intervals.contains(interval) else {
      throw Failure.invalid("interval_seconds", "is \(interval); it takes 10 to 31622400")
    }
    guard graces.contains(grace) else {
      throw Failure.invalid("grace_seconds", "is \(grace); it takes 0 to 604800")
    }
    draft.package = try package.map { try Text.line($0, "package", 1...100) }
    draft.title = try title.map { try Text.line($0, "title", 1...255) }
    return draft
  }
}

extension Heartbeat {
  fileprivate mutating func set(_ draft: HeartbeatDraft, now: Date, by: Principal) {
    let start = isEnabled ? lastBeatAt ?? createdAt : now
    intervalSeconds = draft.interval
    graceSeconds = draft.grace
    severity = draft.severity
    package = draft.package ?? Heartbeat.source
    title = draft.title
    isEnabled = draft.isEnabled
    updatedAt = now
    updatedBy = by.name
    let due = due(after: start)
    // What is late stays so, unless it is not late by what is said now.
    if !isEnabled {
      (dueAt, missedAt) = (nil, nil)
    } else if missedAt == nil || due > now {
      (dueAt, missedAt) = (due, nil)
    }
  }
}

extension Transaction {
  fileprivate func audit(_ heartbeat: Heartbeat, by: Principal) throws {
    try audit(
      .heartbeatSet, heartbeat.heartbeatName, by: by,
      metadata: [
        "interval_seconds": .integer(Int64(heartbeat.intervalSeconds)),
        "grace_seconds": .integer(Int64(heartbeat.graceSeconds)), "severity": .string(heartbeat.severity.rawValue),
        "is_enabled": .bool(heartbeat.isEnabled),
      ])
  }

  fileprivate func insert(_ draft: HeartbeatDraft, _ name: String, by: Principal) throws -> Heartbeat {
    var heartbeat = Heartbeat(
      heartbeatName: name, intervalSeconds: draft.interval, graceSeconds: draft.grace, severity: draft.severity,
      package: draft.package ?? Heartbeat.source, title: draft.title, isEnabled: draft.isEnabled, lastBeatAt: nil,
      dueAt: nil, missedAt: nil, createdAt: now, createdBy: by.name, updatedAt: nil, updatedBy: nil)
    if heartbeat.isEnabled { heartbeat.dueAt = heartbeat.due(after: now) }
    try execute(
      """
      INSERT INTO data_heartbeat (HeartbeatName, IntervalSeconds, GraceSeconds, Severity, Package, Title, IsEnabled, DueAt,
        CreatedAt, CreatedBy)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        .text(name), .integer(heartbeat.intervalSeconds), .integer(heartbeat.graceSeconds),
        .text(heartbeat.severity.rawValue), .text(heartbeat.package), .text(heartbeat.title),
        .integer(heartbeat.isEnabled ? 1 : 0), .time(heartbeat.dueAt), .time(now), .text(by.name),
      ])
    return heartbeat
  }
}
