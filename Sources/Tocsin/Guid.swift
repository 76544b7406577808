import Foundation
import Storage

extension Transaction {
  /// A new UUID, version 7, lower case: 48 bits of time in milliseconds, then chance, so that guids sort by time
  /// (RFC 9562, section 5.7).
  func newGuid() -> String {
    let milliseconds = UInt64(max(0, (now.timeIntervalSince1970 * 1000).rounded()))
    let high = milliseconds << 16 | 0x7000 | random() & 0x0FFF
    let low = random() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    let bytes = [high, low].flatMap { half in (0..<8).map { UInt8(truncatingIfNeeded: half >> (56 - 8 * $0)) } }
    return [bytes[0..<4], bytes[4..<6], bytes[6..<8], bytes[8..<10], bytes[10..<16]].map { hex($0) }
      .joined(separator: "-")
  }
}
