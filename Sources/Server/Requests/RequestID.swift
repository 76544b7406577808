import Foundation
import HTTPTypes
import Hummingbird
import Logging

/// What a request is called: in its answer's header `X-Request-Id`, in problem documents and in every line of the log that is
/// written on its behalf.
public enum RequestID {
  /// The one that is being answered by this task.
  @TaskLocal public static var current: String?

  /// Hands the id to log handlers: for `LoggingSystem.bootstrap`.
  public static let metadata = Logger.MetadataProvider { current.map { ["request_id": "\($0)"] } ?? [:] }

  /// The sender's own, if it can be believed to be one, else a new one.
  static func of(_ request: Request) -> String {
    request.headers[.requestID].flatMap { isValid($0) ? $0 : nil } ?? new()
  }

  /// A random UUID (RFC 9562, version 4). Foundation's opens a file for each.
  private static func new() -> String {
    var id = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)).uuid
    withUnsafeMutableBytes(of: &id) { bytes in
      bytes.storeBytes(of: UInt64.random(in: .min ... .max), as: UInt64.self)
      bytes.storeBytes(of: UInt64.random(in: .min ... .max), toByteOffset: 8, as: UInt64.self)
    }
    id.6 = id.6 & 0x0F | 0x40
    id.8 = id.8 & 0x3F | 0x80
    return UUID(uuid: id).uuidString.lowercased()
  }

  /// Letters, digits, dots, dashes and underscores: nothing that could act on whatever shows it.
  static func isValid(_ text: String) -> Bool {
    (1...128).contains(text.utf8.count)
      && text.utf8.allSatisfy {
        switch $0 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }
}

extension HTTPField.Name {
  // A constant of valid letters.
  static let requestID = HTTPField.Name("X-Request-Id")!
}
