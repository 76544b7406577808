import Foundation

/// A mail as Python's `email` package reads it: the judge of what we send.
public struct ReadMail: Decodable, Sendable {
  /// Name in lower case and decoded value, in order.
  public let headers: [[String]]
  /// The content types of the whole and of each part.
  public let types: [String]
  /// Each part, decoded.
  public let bodies: [String]
  /// What the judge finds wrong with it.
  public let defects: [String]
  /// Display name and address of each sender.
  public let from: [[String]]
  /// Its date, in seconds since 1970.
  public let seconds: Double
  /// Bytes, without the line's end.
  public let longestLine: Int
  /// CR or LF alone.
  public let bareBreaks: Int

  /// Has Python read each of `mails`.
  ///
  /// - Throws: ``PeerFault`` when one cannot be read at all.
  public static func all(_ mails: [Data]) throws -> [ReadMail] {
    let lines = mails.map { $0.base64EncodedString() + "\n" }.joined()
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode([ReadMail].self, from: PythonVenv.run("read_mail.py", input: Data(lines.utf8)))
  }

  public init(_ raw: Data) throws { self = try Self.all([raw])[0] }

  /// The values of a header.
  public func values(_ name: String) -> [String] { headers.filter { $0[0] == name }.map { $0[1] } }
}
