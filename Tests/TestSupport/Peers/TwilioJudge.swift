import Foundation

/// Twilio's own Python library as the judge of signatures and of ``FakeTwilio``.
public enum TwilioJudge {
  public struct Case: Encodable, Sendable {
    public let token: String
    public let url: String
    public let fields: [[String]]
    public let signature: String

    public init(token: String, url: String, fields: [[String]], signature: String) {
      self.token = token
      self.url = url
      self.fields = fields
      self.signature = signature
    }
  }

  public struct Verdict: Decodable, Sendable {
    /// The one that the library makes.
    public let signature: String
    /// Whether the library accepts the one of the case.
    public let accepts: Bool
    /// The fields as a form, written by Python.
    public let form: Data
  }

  /// What Twilio's REST client understood of a server.
  public struct ClientView: Decodable, Sendable {
    public let sids: [String]
    public let statuses: [String]
    public let segments: [String]
    public let listed: [String]
    public let others: Int
    public let account: String
    public let badNumber: [Int]
    public let tooLong: [Int]
    public let noBody: [Int]
  }

  public static func verdicts(_ cases: [Case]) throws -> [Verdict] {
    try JSONDecoder().decode(
      [Verdict].self, from: PythonVenv.run("twilio_signature.py", input: JSONEncoder().encode(cases)))
  }

  public static func client(_ address: String) throws -> ClientView {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(
      ClientView.self, from: PythonVenv.run("twilio_client.py", [address, FakeTwilio.account, FakeTwilio.token]))
  }
}
