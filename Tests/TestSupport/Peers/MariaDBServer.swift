import Foundation
import StorageMariaDB
import Synchronization

/// A real MariaDB, Debian's `mariadbd`, on 127.0.0.1, with data of its own that goes with it.
public final class MariaDBServer: Sendable {
  /// Relaxed: what a crash of the server loses does not matter to a test of something else.
  public enum Durability: Sendable { case relaxed, full }

  public let port: Int
  private let shell: PeerProcess
  private let folder: String
  /// Opened as an operator opens it, who may do everything.
  public let root: MariaDBDatabase
  private let turn = Mutex(())

  /// The one that tests of this process share. It ends with them.
  public static func shared() async throws -> MariaDBServer { try await sharing.value }

  private static let sharing = Task { try await MariaDBServer(.relaxed) }

  /// Starts one, and waits until it answers.
  ///
  /// - Parameters:
  ///   - certificates: by which it speaks TLS with those who ask for it.
  ///   - isReplicated: whether others can follow it, and it others: see ``follow(_:)``.
  public init(
    _ durability: Durability = .full, certificates: TestCertificates? = nil, isReplicated: Bool = false
  ) async throws {
    port = try await DebianPeer.freePort()
    let folder = try Self.folder()
    self.folder = folder
    root = try MariaDBDatabase(MariaDBAddress("mariadb://root@127.0.0.1:\(port)/mysql"))
    let options = [
      "--no-defaults", "--datadir=\(folder)/data", "--tmpdir=\(folder)", "--innodb-log-file-size=8M",
      "--innodb-buffer-pool-size=64M",
    ]
    let user = getuid() == 0 ? ["setpriv", "--reuid=mysql", "--regid=mysql", "--clear-groups"] : []
    let server =
      user + [try Self.program] + options + [
        "--socket=\(folder)/socket", "--pid-file=\(folder)/pid", "--port=\(port)", "--bind-address=127.0.0.1",
        "--skip-name-resolve", "--performance-schema=OFF", "--max-connections=500",
        "--innodb-flush-log-at-trx-commit=\(durability == .full ? 1 : 0)",
      ] + (isReplicated ? Self.replication(port) : ["--skip-log-bin"])
      + (try certificates.map { try Self.tls($0, in: folder) } ?? [])
    let install =
      user + [try DebianPeer.path("mariadb-install-db")] + options + [
        "--auth-root-authentication-method=normal", "--skip-test-db",
      ]
    shell = try PeerProcess(
      URL(fileURLWithPath: "/bin/bash"), ["-c", Self.script, "mariadb", folder, "\(install.count)"] + install + server)
    try await start()
  }

  /// Keeps a server for as long as somebody holds the other end of its standard input.
  private static let script = """
    exec 2>/dev/null; folder=$1; count=$2; shift 2
    "${@:1:count}" >"$folder/install.log" 2>&1 </dev/null; shift "$count"
    echo ready
    while read -r word; do
      case $word in
        start) "$@" >>"$folder/log" 2>&1 </dev/null & server=$! ;;
        KILL | TERM) kill -s "$word" "$server"; wait "$server" ;;
        STOP | CONT) kill -s "$word" "$server" ;;
      esac
      echo done
    done
    kill -s KILL "$server"; wait "$server"
    rm -rf "$folder"
    """

  private static var program: String {
    get throws {
      let path = "/usr/sbin/mariadbd"
      guard FileManager.default.isExecutableFile(atPath: path) else {
        throw PeerFault("mariadbd is missing: run bin/install-test-peers")
      }
      return path
    }
  }

  /// In memory where there is room, since tests make and drop many tables. The server's user owns it.
  private static func folder() throws -> String {
    let parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : FileManager.default.temporaryDirectory.path
    let folder = parent + "/tocsin-mariadb-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    if getuid() == 0, let user = getpwnam("mysql") { chown(folder, user.pointee.pw_uid, user.pointee.pw_gid) }
    return folder
  }

  /// Where the server's user can read them.
  private static func tls(_ certificates: TestCertificates, in folder: String) throws -> [String] {
    for (name, path) in [("server.pem", certificates.certificate), ("server.key", certificates.key)] {
      try FileManager.default.copyItem(atPath: path, toPath: folder + "/" + name)
      chmod(folder + "/" + name, 0o644)
    }
    return ["--ssl-cert=\(folder)/server.pem", "--ssl-key=\(folder)/server.key"]
  }

  /// Starts it again on the same data.
  public func start() async throws {
    try tell("start")
    _ = try await eventually("mariadbd answers: \(log.suffix(1000))", within: 60) {
      (try? sql("SELECT 1", in: "mysql")) != nil ? true : nil
    }
  }

  /// Ends it as by a crash.
  public func kill() throws { try tell("KILL") }

  /// Ends it in good order.
  public func stop() throws { try tell("TERM") }

  /// Lets it fall silent, as a machine without power does, or one whose disk hangs. Its port still takes connections.
  public func hang() throws { try tell("STOP") }

  /// Lets it go on after ``hang()``.
  public func goOn() throws { try tell("CONT") }

  /// Everything that is written at `other` from now on is written here too, also after this one was away.
  public func follow(_ other: MariaDBServer) throws {
    _ = try other.sql(
      "CREATE USER IF NOT EXISTS copier@127.0.0.1; GRANT REPLICATION SLAVE ON *.* TO copier@127.0.0.1", in: "mysql")
    let place = try other.sql("SHOW MASTER STATUS", in: "mysql").split(separator: "\t")
    _ = try sql(
      """
      CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = \(other.port), MASTER_USER = 'copier',
        MASTER_LOG_FILE = '\(place[0])', MASTER_LOG_POS = \(place[1]), MASTER_CONNECT_RETRY = 1;
      START SLAVE
      """, in: "mysql")
  }

  /// What is there already is written over.
  private static func replication(_ id: Int) -> [String] {
    [
      "--server-id=\(id)", "--log-bin=binary", "--binlog-format=ROW", "--log-bin-trust-function-creators=1",
      "--relay-log=relay", "--slave-exec-mode=IDEMPOTENT",
    ]
  }

  private func tell(_ word: String) throws { try turn.withLock { _ in _ = try shell.ask(word) } }

  /// What it has logged.
  public var log: String { (try? String(contentsOfFile: folder + "/log", encoding: .utf8)) ?? "" }

  /// Runs statements by Debian's `mariadb`, as an operator would, and returns what it printed: columns between tabs.
  public func sql(_ statements: String, in database: String) throws -> String {
    try DebianPeer.output(
      "mariadb",
      [
        "--no-defaults", "--host=127.0.0.1", "--port=\(port)", "--user=root", "--default-character-set=utf8mb4",
        "--batch",
        "--skip-column-names", "--execute", statements, database,
      ])
  }

  /// All rows of a database, by Debian's `mariadb-dump`.
  public func dump(_ database: String) throws -> String {
    try DebianPeer.output(
      "mariadb-dump",
      [
        "--no-defaults", "--host=127.0.0.1", "--port=\(port)", "--user=root", "--default-character-set=utf8mb4",
        "--single-transaction", database,
      ])
  }

  /// Runs what ``dump(_:)`` returned, by Debian's `mariadb`.
  public func load(_ dump: String, into database: String) throws {
    _ = try PeerProcess.output(
      of: URL(fileURLWithPath: DebianPeer.path("mariadb")),
      [
        "--no-defaults", "--host=127.0.0.1", "--port=\(port)", "--user=root", "--default-character-set=utf8mb4",
        database,
      ], input: Data(dump.utf8))
  }

  /// The password of the user `tocsin`: one that an address must encode.
  public static let password = "s3cret/p@ss:word?"

  /// Makes a database and returns the address by which Tocsin opens it.
  public func makeDatabase(_ name: String = "tocsin_" + UUID().uuidString.prefix(8).lowercased()) throws -> String {
    _ = try sql(
      """
      CREATE DATABASE \(name); CREATE USER IF NOT EXISTS tocsin@127.0.0.1 IDENTIFIED BY '\(Self.password)';
      GRANT ALL ON \(name).* TO tocsin@127.0.0.1
      """, in: "mysql")
    return address(name)
  }

  /// The address of one of its databases.
  public func address(_ name: String) -> String {
    "mariadb://tocsin:s3cret%2Fp%40ss%3Aword%3F@127.0.0.1:\(port)/\(name)"
  }
}
