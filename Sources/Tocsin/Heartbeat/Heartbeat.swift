import Foundation
import Storage

/// A job that has to call at intervals: a row of `data_heartbeat`. When it does not, an alert fires; its next call resolves it.
public struct Heartbeat: Sendable, Equatable, Codable {
  /// The Source column of its alerts; their key is its name.
  static let source = "heartbeat"

  public let heartbeatName: String
  /// At most so many seconds between two calls.
  public var intervalSeconds: Int
  /// So many seconds later than that nobody minds.
  public var graceSeconds: Int
  /// Of the alert.
  public var severity: Severity
  /// Of the alert.
  public var package: String
  /// Of the alert; nil for a sentence with the name.
  @OrNull public var title: String?
  public var isEnabled: Bool
  @OrNull public var lastBeatAt: Date?
  /// When silence becomes an alert; null while it is one, and while the heartbeat is off.
  @OrNull public var dueAt: Date?
  /// When its alert fired; null when it is on time.
  @OrNull public var missedAt: Date?
  public let createdAt: Date
  public let createdBy: String
  @OrNull public var updatedAt: Date?
  @OrNull public var updatedBy: String?
}

extension Heartbeat {
  /// - Throws: ``Failure`` with code `invalid` for a name that is no part of an address.
  static func checked(name: String) throws -> String {
    guard name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]{0,99}/) != nil else {
      throw Failure.invalid(
        "heartbeat_name",
        "\"\(printable(name))\" is no name; it takes 1 to 100 letters, digits, dots, - and _, with a letter or digit first"
      )
    }
    // POST /in/{channel}/status is another address.
    guard name != "status" else { throw Failure.invalid("heartbeat_name", "\"status\" is taken; choose another name") }
    return name
  }

  init(_ row: Row) throws {
    heartbeatName = try row.text("HeartbeatName")
    intervalSeconds = try row.integer("IntervalSeconds")
    graceSeconds = try row.integer("GraceSeconds")
    severity = try Severity(word: row.text("Severity"))
    package = try row.text("Package")
    title = try row.optionalText("Title")
    isEnabled = try row.integer("IsEnabled") != 0
    lastBeatAt = try row.optionalTime("LastBeatAt")
    dueAt = try row.optionalTime("DueAt")
    missedAt = try row.optionalTime("MissedAt")
    createdAt = try row.time("CreatedAt")
    createdBy = try row.text("CreatedBy")
    updatedAt = try row.optionalTime("UpdatedAt")
    updatedBy = try row.optionalText("UpdatedBy")
  }

  /// When silence becomes an alert, if the last call was at `time`.
  func due(after time: Date) -> Date { time.addingTimeInterval(Double(intervalSeconds + graceSeconds)) }

  /// What its silence, or its next call, says to the intake.
  func alert(_ status: AlertStatus, at time: Date) -> AlertSignal {
    let last = lastBeatAt.map { "the last one came at \(JSON.time($0))" } ?? "none has come yet"
    return .state(
      ReceivedAlert(
        source: Self.source, dedupKey: heartbeatName, status: status, severity: severity, package: package,
        title: title ?? "No heartbeat from \(heartbeatName)",
        description: "A heartbeat is expected every \(Duration.words(intervalSeconds)); \(last).",
        labels: ["heartbeat": heartbeatName, "package": package, "severity": severity.rawValue.lowercased()],
        groupKey: "\(Self.source):\(heartbeatName)", startsAt: status == .firing ? time : nil,
        endsAt: status == .resolved ? time : nil))
  }
}

extension Transaction {
  /// - Throws: ``Failure`` with code `notFound`.
  func heartbeat(_ name: String) throws -> Heartbeat {
    guard let row = try row("SELECT * FROM data_heartbeat WHERE HeartbeatName = ?", [.text(name)]) else {
      throw Failure(
        .notFound, "there is no heartbeat \"\(printable(name))\"; `tocsin set-heartbeat` makes one",
        field: "heartbeat_name")
    }
    return try Heartbeat(row)
  }

  func save(_ heartbeat: Heartbeat) throws {
    try execute(
      """
      UPDATE data_heartbeat SET IntervalSeconds = ?, GraceSeconds = ?, Severity = ?, Package = ?, Title = ?, IsEnabled = ?,
        LastBeatAt = ?, DueAt = ?, MissedAt = ?, UpdatedAt = ?, UpdatedBy = ?
      WHERE HeartbeatName = ?
      """,
      [
        .integer(heartbeat.intervalSeconds), .integer(heartbeat.graceSeconds), .text(heartbeat.severity.rawValue),
        .text(heartbeat.package), .text(heartbeat.title), .integer(heartbeat.isEnabled ? 1 : 0),
        .time(heartbeat.lastBeatAt), .time(heartbeat.dueAt), .time(heartbeat.missedAt), .time(heartbeat.updatedAt),
        .text(heartbeat.updatedBy), .text(heartbeat.heartbeatName),
      ])
  }
}
