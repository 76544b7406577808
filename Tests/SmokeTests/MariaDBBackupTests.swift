import Foundation
import StorageMariaDB
import TestSupport
import Testing

/// What docs/operations.md says about backups on MariaDB.
@Suite struct MariaDBBackupTests {
  /// Failure: a backup that is taken under writes is torn, or comes back without its triggers.
  @Test func `A dump that is taken under writes comes back whole: the chain verifies and searches find`() async throws {
    let server = try await MariaDBServer.shared()
    let address = try server.makeDatabase()
    let name = try MariaDBAddress(address).database
    let tocsin = Program(["TOCSIN_DATABASE": address])
    let running = try tocsin.start("serve", "--listen", "127.0.0.1:0")
    let sender = AlertSender(server: try await running.waitFor(/address +(http\S+)/))
    for number in 0..<50 { #expect(try await sender.send("before-\(number)") == 200) }
    let writes = Task {
      for number in 0... {
        if Task.isCancelled { return }
        _ = try? await sender.send("during-\(number)")
      }
    }
    try await Task.sleep(for: .milliseconds(200))
    let dump = try server.dump(name)
    writes.cancel()
    await writes.value
    running.signal(SIGTERM)
    #expect(try await running.end().status == 0)

    let copy = try server.makeDatabase()
    try server.load(dump, into: MariaDBAddress(copy).database)
    let restored = Program(["TOCSIN_DATABASE": copy])
    let verified = try await restored.run("verify-timeline")
    #expect(verified.status == 0, "\(verified.talk)")
    let found = try await restored.run("list-incidents", "--search", "before-49", "-q")
    #expect(found.status == 0 && !found.line.isEmpty, "\(found.talk)")
    // The triggers that keep the search are there as well.
    let created = try await restored.run(
      "create-incident", "--title", "Quokka", "--severity", "LOW", "--package", "P", "-q")
    #expect(try await restored.run("list-incidents", "--search", "quokka", "-q").line == created.line)
    let kept = try server.sql(
      "SELECT count(*) FROM data_alert WHERE DedupKey LIKE 'before-%'", in: MariaDBAddress(copy).database)
    #expect(kept == "50\n")
  }
}
