import Foundation
import Storage

/// The reference that people read aloud, `REF-20251229-A7K`: the UTC day and three random characters, up to seven when
/// the day gets full. It locates a message; it never authorises anything.
public enum ShortRef {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".utf8)
  /// VARCHAR(20) leaves room for seven characters after `REF-YYYYMMDD-`.
  static let lengths = 3...7
  private static let drawsPerLength = 3

  /// The codes to try, in order: three draws of three characters, then three of four, and so on. A free one is found in a
  /// bounded number of steps however full the day is: 36^7 codes of the longest kind are more than anybody sends.
  static func candidates(on day: Date, random: () -> UInt64) -> [String] {
    let prefix = "REF-" + UTC.day(day).replacing("-", with: "") + "-"
    return lengths.flatMap { length in
      (0..<drawsPerLength).map { _ in prefix + code(length, random) }
    }
  }

  private static func code(_ length: Int, _ random: () -> UInt64) -> String {
    // 2^64 is no multiple of 36, but the bias is below one in 10^8 for seven characters.
    var chance = random()
    let characters = (0..<length).map { _ in
      defer { chance /= 36 }
      return alphabet[Int(chance % 36)]
    }
    return String(decoding: characters, as: UTF8.self)
  }

  /// The one reference in `text`, in its proper form; any case, with or without text around it. Nil when there is none.
  public static func find(in text: String) -> String? {
    guard text.utf8.count <= 1024 else { return nil }
    let pattern = /(?i:REF)-([0-9]{8})-([A-Za-z0-9]{3,7})(?![A-Za-z0-9])/
    return text.firstMatch(of: pattern).map { "REF-\($0.1)-\($0.2.uppercased())" }
  }
}

extension Incidents {
  /// Draws a short reference that no message has yet. It is not reserved: the one who stores it first has it.
  public func generateShortRef() async throws -> String {
    try await database.read { try $0.newShortRef() }
  }
}

extension Transaction {
  /// A reference that is free in this transaction.
  func newShortRef() throws -> String {
    for ref in ShortRef.candidates(on: now, random: random) {
      let taken = try row("SELECT 1 FROM data_incident_communication WHERE ShortRef = ?", [.text(ref)])
      if taken == nil { return ref }
    }
    throw Failure(.unavailable, "no free short reference was found; try again")
  }
}
