import Foundation
import TestSupport
import Testing

/// Failure: with a slip in a path, a command answers out of an empty database that it has just made.
@Suite struct MissingDatabaseTests {
  private let tocsin = Program()

  @Test(arguments: [
    ["list-incidents"], ["get-incident", "019aa7c0"], ["list-notes", "019aa7c0"], ["list-alerts"],
    ["get-alert", "019aa7c0"], ["list-silences"], ["list-heartbeats"], ["list-communications", "019aa7c0"],
    ["lookup-ref", "REF-20251229-A7K"], ["list-notify-rules"], ["list-undelivered"], ["show-timeline", "019aa7c0"],
    ["report", "019aa7c0"], ["metrics"], ["verify-timeline"], ["list-tokens"], ["list-users"], ["list-audit-log"],
    ["update-status", "019aa7c0", "CLOSED"], ["close-incident", "019aa7c0"], ["expire-silence", "019aa7c0"],
    ["delete-heartbeat", "x"], ["deliver"], ["resend", "REF-20251229-A7K"], ["revoke-token", "x"],
  ])
  func `What needs something in the database says that there is none, and makes none`(
    _ arguments: [String]
  ) async throws {
    let ended = try await tocsin.run(arguments)
    #expect(ended.status == 6, "\(ended.talk)")
    #expect(ended.talk.contains("there is no database at \(tocsin.database)"), "\(ended.talk)")
    #expect(ended.talk.contains("`tocsin migrate`") && ended.talk.contains("`tocsin serve`"))
    #expect(ended.output.isEmpty && !FileManager.default.fileExists(atPath: tocsin.database))
  }

  @Test(arguments: [
    ["create-incident", "--title", "t", "--severity", "LOW", "--package", "P"], ["send-alert", "--title", "t"],
    ["set-notify-rule", "X", "--name", "x", "--channels", "WEBHOOK"], ["create-silence", "a=b", "--for", "2h"],
    ["set-heartbeat", "x", "--every", "1m"], ["create-token", "--name", "x", "--role", "viewer"], ["migrate"],
    ["generate-short-ref"],
  ])
  func `What makes something makes the database too`(_ arguments: [String]) async throws {
    let ended = try await tocsin.run(arguments)
    #expect(ended.status == 0, "\(ended.talk)")
    #expect(FileManager.default.fileExists(atPath: tocsin.database))
  }
}
