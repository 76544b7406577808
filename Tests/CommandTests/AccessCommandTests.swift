import Foundation
import TestSupport
import Testing

@Suite struct AccessCommandTests {
  let tocsin = Program()
  static let password = "purple giraffe on a ladder"

  @Test func `A user is made with a password from stdin or a file, and never shown with it`() async throws {
    let made = try await tocsin.run(
      [
        "create-user", "--name", "ana", "--role", "admin", "--email", "ana@example.com", "--password-file", "-",
        "--json",
      ],
      input: Self.password + "\n")
    #expect(made.status == 0, "\(made.talk)")
    let user = try made.object()
    #expect(user["name"] as? String == "ana" && user["role"] as? String == "admin")
    #expect(!made.output.contains("giraffe") && !made.output.contains("scrypt"))
    let path = try tocsin.scratch.write("new.txt", "another fine phrase\n")
    #expect(
      try await tocsin.run("set-password", "ANA", "--password-file", path, "-q").line == user["user_guid"] as? String)
    let list = try await tocsin.run("list-users").output
    #expect(list.contains("\tana\tadmin\tgood\tpassword\t"))
    let log = try await tocsin.run("list-audit-log", "--json").objects()
    #expect(log.map { $0["action"] as? String } == ["PASSWORD_SET", "USER_CREATED"])
  }

  @Test func `Without a terminal and without a file nobody is asked, and no flag takes a password`() async throws {
    let nobody = try await tocsin.run("create-user", "--name", "ana", "--role", "admin", input: Self.password)
    #expect(nobody.status == 64 && nobody.talk.contains("--password-file"))
    let flag = try await tocsin.run("create-user", "--name", "ana", "--role", "admin", "--password", Self.password)
    #expect(flag.status == 64)
    for file in ["/nonexistent", "/"] {
      let missing = try await tocsin.run("create-user", "--name", "ana", "--role", "admin", "--password-file", file)
      #expect(missing.status == 64 && missing.talk.contains("cannot be read"))
    }
    #expect(try await tocsin.run("list-users", "--json").line == "[]")
  }

  /// By script(1), which is a terminal.
  @Test func `On a terminal the password is asked for twice and not shown`() async throws {
    let command = "'\(Program.path)' create-user --name ana --role admin -q"
    let asked = try await tocsin.run(
      program: "/bin/bash",
      [
        "-c",
        """
        touch log
        answer() { until grep -q "$1" log; do sleep 0.1; done; sleep 1; echo '\(Self.password)'; }
        (answer 'New password'; answer 'same again'; sleep 2) | script -qefc "\(command)" log
        """,
      ])
    #expect(asked.output.contains("New password:") && asked.output.contains("The same again:"))
    #expect(!asked.output.contains("giraffe"), "\(asked.output)")
    #expect(try await tocsin.run("list-users", "-q").line.count == 36)
  }

  @Test func `A bad password, a taken name and the last admin exit as documented`() async throws {
    let weak = try await create("ana", password: "password")
    #expect(weak.status == 64 && weak.talk.contains("everybody tries first"))
    #expect(try await create("ana").status == 0)
    #expect(try await create("ANA").status == 5)
    #expect(try await tocsin.run("disable-user", "ana").status == 5)
    #expect(try await tocsin.run("disable-user", "nobody").status == 3)
    #expect(try await create("bob").status == 0)
    #expect(try await tocsin.run("disable-user", "ana").status == 0)
    #expect(try await tocsin.run("list-users").output.contains("\tana\tadmin\tdisabled\t"))
    #expect(try await tocsin.run("enable-user", "ana").status == 0)
    #expect(try await tocsin.run("disable-totp", "ana").status == 5)
  }

  @Test func `Tokens are listed without their secrets, end when told, and are revoked by name`() async throws {
    let made = try await tocsin.run("create-token", "--name", "script", "--role", "viewer", "--expires", "90d", "-q")
    #expect(made.status == 0, "\(made.talk)")
    let list = try await tocsin.run("list-tokens", "--json")
    let token = try #require(try list.objects().first)
    #expect(token["last_four"] as? String == String(made.line.suffix(4)))
    #expect(token["expires_at"] is String && token["revoked_at"] is NSNull)
    #expect(!list.output.contains(made.line.dropFirst(7)))
    #expect(try await tocsin.run("create-token", "--name", "x", "--role", "viewer", "--expires", "soon").status == 64)
    #expect(try await tocsin.run("revoke-token", "script", "--by", "root").status == 0)
    #expect(try await tocsin.run("revoke-token", "script").status == 3)
    #expect(try await tocsin.run("list-tokens").output.contains("\tscript\tviewer\trevoked\t"))
    let log = try await tocsin.run("list-audit-log", "--action", "token-revoked", "--actor", "root", "-q")
    #expect(log.line == "2")
  }

  private func create(_ name: String, password: String = Self.password) async throws -> Ended {
    try await tocsin.run(
      ["create-user", "--name", name, "--role", "admin", "--password-file", "-"], input: password)
  }
}
