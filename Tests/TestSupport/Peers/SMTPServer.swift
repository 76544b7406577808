import Foundation

/// A real SMTP server (aiosmtpd) on 127.0.0.1, for the time of one test.
public final class SMTPServer: Sendable {
  public enum Encryption: String, Sendable { case none, starttls, implicit }

  /// How it behaves; by default it takes everything in plain text.
  public struct Options: Sendable {
    public var tls = Encryption.none
    /// Needed for any encryption.
    public var certificates: TestCertificates?
    /// With both, it wants a log-in.
    public var username: String?
    public var password: String?
    /// A reply instead of 250, such as `550 no`.
    public var replyToRcpt: String?
    public var replyAfterData: String?
    /// Seconds that it takes to take a mail.
    public var slowData = 0.0
    /// Seconds that its farewell takes.
    public var slowQuit = 0.0
    /// Bytes from the client, after which the connection breaks.
    public var hangUpAfter: Int?

    public init() {}

    fileprivate func json(output: String) throws -> String {
      var values: [String: Any] = ["tls": tls.rawValue, "slow_data": slowData, "slow_quit": slowQuit, "output": output]
      values["certificate"] = certificates?.certificate
      values["key"] = certificates?.key
      values["username"] = username
      values["password"] = password
      values["reply_to_rcpt"] = replyToRcpt
      values["reply_after_data"] = replyAfterData
      values["hang_up_after"] = hangUpAfter
      return String(decoding: try JSONSerialization.data(withJSONObject: values), as: UTF8.self)
    }
  }

  /// A mail that it took.
  public struct Mail: Decodable, Sendable {
    public let sender: String
    public let recipients: [String]
    /// Every byte after DATA.
    public let raw: Data
    public let encrypted: Bool
    /// Who had logged in.
    public let user: String?
  }

  public let port: Int
  private let process: PeerProcess
  /// The file that it writes the mails to: a JSON object a line.
  public let output: URL

  private init(_ options: Options) throws {
    output = FileManager.default.temporaryDirectory.appending(path: "tocsin-mail-\(UUID()).jsonl")
    let script = PythonVenv.scripts.appending(path: "smtp_server.py").path
    process = try PeerProcess(PythonVenv.python(), [script, options.json(output: output.path)])
    guard let port = Int(process.firstLine) else { throw PeerFault("the SMTP server named no port") }
    self.port = port
  }

  /// Starts a server, and ends it when `body` returns or throws.
  ///
  /// - Throws: ``PeerFault`` when it cannot be started, and what `body` throws.
  public static func with<Result>(
    _ options: Options = Options(), _ body: (SMTPServer) async throws -> Result
  ) async throws -> Result {
    let server = try SMTPServer(options)
    defer {
      server.process.stop()
      try? FileManager.default.removeItem(at: server.output)
    }
    return try await body(server)
  }

  /// The mails it took so far, oldest first.
  public var mails: [Mail] {
    get throws {
      guard let lines = try? String(contentsOf: output, encoding: .utf8) else { return [] }
      return try lines.split(separator: "\n").map { try JSONDecoder().decode(Mail.self, from: Data($0.utf8)) }
    }
  }
}
