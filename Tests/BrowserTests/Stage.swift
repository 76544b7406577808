import Foundation
import TestSupport
import Testing

/// The built server on a database of its own, a mail server and a webhook receiver behind it, and before it a browser that
/// a scenario in Python drives. What the scenario complains of is what the test fails with.
struct Stage {
  private static let password = "purple giraffe on a ladder"

  private let tocsin: Program
  private let listen: String

  /// Plays a scenario of `Tests/BrowserTests/Python`.
  ///
  /// - Parameters:
  ///   - isFresh: whether nobody has been made yet; then the scenario gets the set-up link, and no token.
  ///   - webhookStatus: what the webhook's receiver answers.
  /// - Returns: what the scenario printed.
  @discardableResult
  static func play(
    _ scenario: String, _ arguments: String..., isFresh: Bool = false, webhookStatus: Int = 204
  ) async throws -> String {
    try await play(scenario, arguments, isFresh: isFresh, webhookStatus: webhookStatus)
  }

  private static func play(
    _ scenario: String, _ arguments: [String], isFresh: Bool = false, webhookStatus: Int = 204
  ) async throws -> String {
    // Whoever lacks it is told what to run.
    _ = try DebianPeer.path("chromium")
    let port = try await DebianPeer.freePort()
    return try await SMTPServer.with { mail in
      try await HTTPReceiver.with(sendersMayDie: true) { _ in
        .status(webhookStatus)
      } _: { hook in
        let settings = [
          "TOCSIN_CHANNELS_EMAIL_URL": "smtp://127.0.0.1:\(mail.port)",
          "TOCSIN_CHANNELS_EMAIL_FROM": "Tocsin <tocsin@example.com>", "TOCSIN_CHANNELS_WEBHOOK_URL": hook.url(),
          "TOCSIN_CHANNELS_WEBHOOK_SECRET": "a-secret-of-this-test-only",
          "TOCSIN_PUBLIC_URL": "http://127.0.0.1:\(port)",
        ]
        let stage = Stage(tocsin: Program(settings), listen: "127.0.0.1:\(port)")
        return try await stage.play(scenario, arguments, isFresh, mail)
      }
    }
  }

  /// Plays a scenario twice at the same time, on stages of their own: for one that times nothing, and would take long.
  static func playAtOnce(_ scenario: String, _ one: [String], _ other: [String]) async throws {
    async let first = play(scenario, one)
    async let second = play(scenario, other)
    _ = try await (first, second)
  }

  private func play(
    _ scenario: String, _ arguments: [String], _ isFresh: Bool, _ mail: SMTPServer
  ) async throws -> String {
    var options = [
      "address": "http://\(listen)", "program": Program.path, "database": tocsin.database, "mails": mail.output.path,
    ]
    if !isFresh { options["token"] = try await admit() }
    let server = try await serve()
    if isFresh { options["link"] = try await server.waitFor(/set up +(http\S+)/) }
    let script = Repository.root + "/Tests/BrowserTests/Python/" + scenario
    let json = String(decoding: try JSONSerialization.data(withJSONObject: options), as: UTF8.self)
    var playing = tocsin
    playing.environment["PYTHONDONTWRITEBYTECODE"] = "1"
    let actor = try playing.start(program: PythonVenv.python().path, [script, json] + arguments)
    let (ended, last) = try await follow(actor, server)
    #expect(last.isRunning, "the server ended: \(last.talk)")
    #expect(!last.talk.contains(#""status":500"#), "\(last.talk.suffix(4000))")
    try #require(ended.status == 0, "\(scenario) \(arguments.joined(separator: " ")):\n\(ended.talk.suffix(12_000))")
    return ended.output
  }

  /// Makes the first user, whom scenarios sign in as, and a token.
  private func admit() async throws -> String {
    let made = try await tocsin.run(
      "create-user", "--name", "root", "--role", "admin", "--password-file", "-", input: Self.password)
    try #require(made.status == 0, "\(made.talk)")
    return try await tocsin.run("create-token", "--name", "scenario", "--role", "admin", "--quiet").line
  }

  private func serve() async throws -> RunningProgram {
    let server = try tocsin.start("serve", "--listen", listen)
    _ = try await server.waitFor(/address +(http\S+)/)
    return server
  }

  /// Does what the scenario asks for, on lines of its own, until it ends.
  private func follow(
    _ actor: RunningProgram, _ first: RunningProgram
  ) async throws -> (ended: Ended, server: RunningProgram) {
    var (server, done) = (first, 0)
    while actor.isRunning {
      let cues = actor.output.matches(of: /(?m)^(kill|start) the server$/).dropFirst(done)
      for cue in cues {
        if cue.1 == "start" {
          server = try await serve()
        } else {
          server.signal(SIGKILL)
          _ = try await server.end()
        }
      }
      done += cues.count
      try await Task.sleep(for: .milliseconds(50))
    }
    return (try await actor.end(), server)
  }
}
