import Foundation
import StorageMariaDB

/// Debian's MariaDB on 127.0.0.1, which has each commit on disk before it answers; or one that runs already.
final class MariaDBPeer {
  private static let program = "/usr/sbin/mariadbd"
  static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: program) }

  /// As a user that may make databases.
  private let root: MariaDBAddress
  private let process: Process?

  /// - Parameter address: of one that runs already, such as `mariadb://root@127.0.0.1:3306/mysql`.
  init(at address: String) throws {
    root = try MariaDBAddress(address)
    process = nil
  }

  init(_ folder: String) async throws {
    let port = try await freePort()
    let user = getuid() == 0 ? ["setpriv", "--reuid=mysql", "--regid=mysql", "--clear-groups"] : []
    let options = ["--no-defaults", "--datadir=\(folder)/data", "--tmpdir=\(folder)"]
    if getuid() == 0, let user = getpwnam("mysql") { chown(folder, user.pointee.pw_uid, user.pointee.pw_gid) }
    let install = try Self.start(
      user + ["mariadb-install-db"] + options + ["--auth-root-authentication-method=normal", "--skip-test-db"])
    install.waitUntilExit()
    process = try Self.start(
      user + [Self.program] + options + [
        "--socket=\(folder)/socket", "--port=\(port)", "--bind-address=127.0.0.1", "--skip-name-resolve",
        "--skip-log-bin", "--innodb-flush-log-at-trx-commit=1", "--innodb-buffer-pool-size=1G",
        "--innodb-log-file-size=512M",
      ])
    root = try MariaDBAddress("mariadb://root@127.0.0.1:\(port)/mysql")
    let database = try MariaDBDatabase(root)
    try await eventually(60) { (try? await database.read { try $0.integer("SELECT 1") }) != nil }
  }

  private static func start(_ words: [String]) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
    try process.run()
    return process
  }

  /// The version of the server.
  func version() async throws -> String {
    try await MariaDBDatabase(root).read { try $0.row("SELECT version() AS Version")?.text("Version") ?? "" }
  }

  /// Hands a new database's address to `body`, and drops it afterwards.
  func withDatabase(_ body: (String) async throws -> Void) async throws {
    let name = "benchmark_\(UUID().uuidString.prefix(8).lowercased())"
    let root = try MariaDBDatabase(root)
    _ = try await root.write { try $0.execute("CREATE DATABASE \(name)") }
    var address = self.root
    address.database = name
    let password = address.password.map { ":" + $0 } ?? ""
    let hosts = address.hosts.map(\.description).joined(separator: ",")
    try await body("mariadb://\(address.user)\(password)@\(hosts)/\(name)")
    _ = try await root.write { try $0.execute("DROP DATABASE \(name)") }
  }

  func end() {
    process?.terminate()
    process?.waitUntilExit()
  }
}
