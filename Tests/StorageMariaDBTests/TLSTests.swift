import Foundation
import Storage
import StorageMariaDB
import TestSupport
import Testing

@Suite struct TLSTests {
  private func cipher(_ address: MariaDBAddress) async throws -> String? {
    try await MariaDBDatabase(address).read { try $0.row("SHOW SESSION STATUS LIKE 'Ssl_cipher'")?.text("Value") }
  }

  @Test func `a connection is encrypted when it must be, and the server is checked`() async throws {
    let certificates = try TestCertificates()
    let server = try await MariaDBServer(.relaxed, certificates: certificates)
    let address = try server.makeDatabase()
    let checked = try await cipher(MariaDBAddress(address + "?ca=" + certificates.authority))
    #expect(checked?.isEmpty == false)
    let unverified = try await cipher(MariaDBAddress(address + "?tls=unverified"))
    #expect(unverified?.isEmpty == false)
    // Nobody's authority, and the system's, which does not know ours.
    for options in ["?ca=" + (try TestCertificates()).authority, "?tls=required"] {
      let error = await refusal { _ = try await cipher(MariaDBAddress(address + options)) }
      #expect(error?.code == .cannotOpen, "\(options): \(error?.message ?? "accepted")")
    }
  }

  @Test func `a server with another's name is refused`() async throws {
    let certificates = try TestCertificates(for: "DNS:elsewhere.example")
    let server = try await MariaDBServer(.relaxed, certificates: certificates)
    let address = try MariaDBAddress(server.makeDatabase() + "?ca=" + certificates.authority)
    let error = await refusal { _ = try await cipher(address) }
    #expect(error?.code == .cannotOpen, "\(error?.message ?? "accepted")")
  }

  @Test(arguments: ["?tls=required", "?tls=unverified"])
  func `a server that speaks no TLS is refused where it must be`(_ options: String) async throws {
    let address = try MariaDBAddress(await MariaDBServer.shared().makeDatabase() + options)
    let error = await refusal { _ = try await cipher(address) }
    #expect(error?.code == .cannotOpen, "\(error?.message ?? "accepted")")
  }
}
