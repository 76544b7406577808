import Foundation
import Storage
import StorageMariaDB
import TestSupport
import Testing

/// Beside what StorageTests say of both engines.
@Suite struct RefusalTests {
  @Test func `a wrong password is refused without being repeated`() async throws {
    let bench = try await Bench()
    var address = bench.address
    address.password = "wrong-and-secret"
    let database = try MariaDBDatabase(address)
    let error = await refusal { try await database.change(insert("x")) }
    #expect(error?.code == .cannotOpen)
    #expect(error?.message.contains("tocsin") == true && error?.message.contains("wrong-and-secret") == false)
  }

  @Test func `a database that is not there is named`() async throws {
    let bench = try await Bench()
    _ = try bench.server.sql("GRANT ALL ON *.* TO tocsin@127.0.0.1", in: "mysql")
    var address = bench.address
    address.database = "nowhere"
    let database = try MariaDBDatabase(address)
    let error = await refusal { _ = try await database.read { try $0.integer("SELECT 1") } }
    #expect(error?.code == .cannotOpen && error?.message.contains("nowhere") == true, "\(error?.message ?? "")")
  }

  @Test func `where no server listens, it is busy, and soon said so`() async throws {
    let port = try await DebianPeer.freePort()
    let database = try MariaDBDatabase(MariaDBAddress("mariadb://tocsin:x@127.0.0.1:\(port)/tocsin"))
    let reading = await refusal { _ = try await database.read { try $0.integer("SELECT 1") } }
    let writing = await refusal { try await database.change(insert("x")) }
    #expect(reading?.code == .busy && writing?.code == .busy, "\(writing?.message ?? "")")
  }

  @Test func `a disk without room refuses, and the next write works`() async throws {
    let bench = try await Bench()
    _ = try bench.sql(
      "SET GLOBAL max_heap_table_size = 16384; CREATE TABLE small (Text1 VARCHAR(1000)) ENGINE=MEMORY MAX_ROWS=2")
    var error: StorageError?
    for _ in 0..<200 where error == nil {
      error = await refusal { try await bench.database.change { try $0.execute("INSERT INTO small VALUES ('x')") } }
    }
    #expect(error?.code == .full, "\(error?.message ?? "accepted")")
    try await bench.database.change(insert("x"))
    #expect(try await bench.count() == 1)
  }
}
