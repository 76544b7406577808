import Foundation
import Storage

/// One try to hand a message to its vendor: a row of `tocsin_attempt`.
public struct Attempt: Sendable, Equatable, Codable {
  public enum Outcome: String, Word {
    /// No end is on record: it is under way, or its process ended before the answer was.
    case unclear = "UNCLEAR"
    case accepted = "ACCEPTED"
    /// Not accepted, and worth another try.
    case retry = "RETRY"
    /// Not accepted, for good.
    case refused = "REFUSED"

    public static let field = "outcome"
  }

  /// 1 for the first; sending a message anew goes on counting.
  public let number: Int
  public let startedAt: Date
  /// Until the vendor's answer, in milliseconds; nil while there is none.
  @OrNull public var durationMs: Int?
  public let outcome: Outcome
  /// What the vendor answered, for people.
  @OrNull public var answer: String?
}

extension Attempt {
  fileprivate init(_ row: Row) throws {
    number = try row.integer("Number")
    startedAt = try row.time("StartedAt")
    durationMs = try row.optionalInteger("DurationMs")
    outcome = try Outcome(word: row.text("Outcome"))
    answer = try row.optionalText("Answer")
  }
}

extension Transaction {
  func attempts(_ communicationGuid: String) throws -> [Attempt] {
    try rows("SELECT * FROM tocsin_attempt WHERE CommunicationGuid = ? ORDER BY Number", [.text(communicationGuid)])
      .map(Attempt.init)
  }

  /// Puts an attempt on record before it is made.
  func begin(_ communicationGuid: String, _ number: Int, on channel: String) throws {
    try execute(
      """
      INSERT INTO tocsin_attempt (CommunicationGuid, Number, Channel, StartedAt, Outcome)
      VALUES (?, ?, ?, ?, 'UNCLEAR')
      """, [.text(communicationGuid), .integer(number), .text(channel), .time(now)])
  }

  /// Puts an attempt's end on record.
  ///
  /// - Parameter duration: in seconds.
  func end(_ message: OutboundMessage, _ outcome: Attempt.Outcome, _ answer: String, duration: Double) throws {
    try execute(
      """
      UPDATE tocsin_attempt SET DurationMs = ?, Outcome = ?, Answer = ? WHERE CommunicationGuid = ? AND Number = ?
      """,
      [
        .integer(Int((duration * 1000).rounded())), .text(outcome.rawValue), .text(answer),
        .text(message.communicationGuid), .integer(message.attempt),
      ])
  }
}
