import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct ServeTests {
  private let tocsin = Program()

  @Test func `A second start goes on with the data of the first`() async throws {
    for round in 0..<2 {
      let running = try tocsin.start("serve", "--listen", "127.0.0.1:0")
      let sender = AlertSender(server: try await running.waitFor(/address +(http\S+)/))
      #expect(try await sender.send("round-\(round)") == 200)
      running.signal(SIGTERM)
      #expect(try await running.end().status == 0)
    }
    #expect(try await tocsin.run("list-incidents", "-q").output.split(separator: "\n").count == 2)
  }

  /// Failure: channels are set up, a notify rule was forgotten, and the first night shows it.
  @Test func `A notify code under which nobody can be told is in the banner and in the log`() async throws {
    var program = tocsin
    program.environment["TOCSIN_CHANNELS_WEBHOOK_URL"] = "http://127.0.0.1:1/hook"
    _ = try await program.run("set-notify-rule", "INCIDENT_HIGH", "--name", "x", "--channels", "WEBHOOK")
    let running = try program.start("serve", "--listen", "127.0.0.1:0")
    _ = try await running.waitFor(/alerts +(POST)/)
    running.signal(SIGTERM)
    let ended = try await running.end()
    #expect(ended.output.contains("  notify    nobody is told under INCIDENT_CRITICAL: `tocsin doctor` says why\n"))
    #expect(ended.talk.contains("nobody is told under some notify codes"))
  }

  @Test func `As soon as there is a token, alerts need one with a fitting role`() async throws {
    let running = try tocsin.start("serve", "--listen", "127.0.0.1:0")
    var sender = AlertSender(server: try await running.waitFor(/address +(http\S+)/))
    #expect(try await sender.send("before") == 200)
    let ingest = try await tocsin.run("create-token", "--name", "alertmanager", "--role", "ingest").line
    let viewer = try await tocsin.run("create-token", "--name", "dashboard", "--role", "viewer").line
    #expect(try await sender.send("without") == 401)
    sender.token = "tocsin_wrong"
    #expect(try await sender.send("wrong") == 401)
    sender.token = viewer
    #expect(try await sender.send("viewer") == 403)
    sender.token = ingest
    #expect(try await sender.send("ingest") == 200)
    running.signal(SIGTERM)
    let ended = try await running.end()
    for secret in [ingest, viewer] { #expect(!(ended.output + ended.talk).contains(secret)) }
    let stored = try await tocsin.run(program: "/usr/bin/sqlite3", [tocsin.database, "SELECT * FROM tocsin_token"])
    #expect(!stored.output.contains(ingest.dropFirst("tocsin_".count)))
  }

  /// Failure: the disk that the log goes to is full, or whoever read it went away.
  @Test(arguments: ["2>/dev/full", "2>&3"])
  func `A log that cannot be written stops neither the server nor an alert`(_ log: String) async throws {
    let script = "exec 3> >(exit); sleep 0.2; exec \"$0\" serve --listen 127.0.0.1:0 \(log)"
    let running = try tocsin.start(program: "/bin/bash", ["-c", script, Program.path])
    let sender = AlertSender(server: try await running.waitFor(/address +(http\S+)/))
    for alert in ["one", "two"] { #expect(try await sender.send(alert) == 200) }
    running.signal(SIGTERM)
    #expect(try await running.end().status == 0)
  }

  @Test func `What could act on a terminal does not reach the log as it is`() async throws {
    let running = try tocsin.start("serve", "--listen", "127.0.0.1:0")
    let sender = AlertSender(server: try await running.waitFor(/address +(http\S+)/))
    #expect(try await sender.send("odd", status: "odd\u{202E}") == 422)
    running.signal(SIGTERM)
    let talk = try await running.end().talk
    #expect(talk.contains("odd\u{FFFD}"), "\(talk)")
    #expect(!talk.unicodeScalars.contains("\u{202E}"))
  }

  @Test func `A page that a browser shows cannot send alerts while there is no token`() async throws {
    let running = try tocsin.start("serve", "--listen", "127.0.0.1:0")
    var sender = AlertSender(server: try await running.waitFor(/address +(http\S+)/))
    sender.headers = [("host", "evil.example:8420")]
    #expect(try await sender.send("rebound name") == 403)
    sender.headers = [("origin", "https://evil.example")]
    #expect(try await sender.send("foreign page") == 403)
    sender.headers = [("content-type", "text/plain")]
    #expect(try await sender.send("foreign form") == 415)
    #expect(try await tocsin.run("list-alerts", "-q").output.isEmpty)
    sender.headers = [("host", "evil.example:8420")]
    sender.token = try await tocsin.run("create-token", "--name", "alertmanager", "--role", "ingest").line
    #expect(try await sender.send("behind a proxy") == 200)
    running.signal(SIGTERM)
    #expect(try await running.end().status == 0)
  }

  @Test(arguments: [("-tls1_1", false), ("-tls1_2", true), ("-tls1_3", true)])
  func `TLS older than 1.2 is refused`(_ version: String, _ isTaken: Bool) async throws {
    let certificates = try TestCertificates()
    var tls = tocsin
    tls.environment["TOCSIN_TLS_CERTIFICATE"] = certificates.certificate
    tls.environment["TOCSIN_TLS_KEY"] = certificates.key
    let running = try tls.start("serve", "--listen", "127.0.0.1:0")
    let port = try await running.waitFor(/address +https:\/\/127\.0\.0\.1:(\d+)/)
    // The lowest level of security, because old versions are not to be had at any other.
    let client = try await tls.run(
      program: "/usr/bin/openssl",
      ["s_client", "-connect", "127.0.0.1:\(port)", "-CAfile", certificates.authority, version]
        + ["-cipher", "ALL:@SECLEVEL=0"])
    #expect((client.status == 0) == isTaken, "\(client.talk)")
    running.signal(SIGTERM)
    #expect(try await running.end().status == 0)
  }

  @Test func `A name that does not exist, and an address of somebody else, are one sentence and status 6`() async throws
  {
    _ = try await tocsin.run("create-token", "--name", "t", "--role", "ingest")
    for address in ["no-such-host.invalid:8420", "192.0.2.1:8420"] {
      let ended = try await tocsin.run("serve", "--listen", address)
      #expect(ended.status == 6, "\(ended.talk)")
      #expect(ended.talk.contains("tocsin: cannot listen on \(address): "), "\(ended.talk)")
      #expect(!ended.talk.contains("SocketAddressError"))
    }
  }

  @Test func `A taken port is one clear sentence and status 6`() async throws {
    let first = try tocsin.start("serve", "--listen", "127.0.0.1:0")
    let port = try await first.waitFor(/address +http:\/\/127\.0\.0\.1:(\d+)/)
    let second = try await tocsin.run("serve", "--listen", "127.0.0.1:\(port)")
    #expect(second.status == 6)
    #expect(second.talk.contains("cannot listen on 127.0.0.1:\(port): Address already in use"), "\(second.talk)")
    first.signal(SIGTERM)
    #expect(try await first.end().status == 0)
  }
}
