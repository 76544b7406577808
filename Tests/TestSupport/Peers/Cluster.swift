import Foundation

/// What `bin/cluster` starts: three Galera nodes, three Tocsin servers and a proxy, all real, on 127.0.0.1.
public final class Cluster: Sendable {
  /// A part of it.
  public enum Part: Sendable, CustomStringConvertible {
    case node(Int)
    case server(Int)

    public var description: String {
      switch self {
      case .node(let number): "node \(number)"
      case .server(let number): "server \(number)"
      }
    }
  }

  public static let numbers = 1...3

  /// Where the proxy and each server are: `http://127.0.0.1:PORT`.
  public let proxy: String
  private let servers: [String]
  private let nodePorts: [Int]
  private let folder: String
  /// Of an admin.
  public let token: String
  /// Takes whatever servers send by default: server 2 to `/from/2`.
  public let receiver: HTTPReceiver
  private let shell: PeerProcess
  private let queue = DispatchQueue(label: "cluster")

  /// Starts one.
  public init() async throws {
    receiver = try await HTTPReceiver.lasting { _ in .status(200) }
    let scratch = Scratch()
    let settings = """
      channels:
        webhook:
          url: \(receiver.url("/from/SERVER"))
          internal_hosts: [127.0.0.1]
      """
    let environment = [
      "TOCSIN_BINARY": Program.path,
      "TOCSIN_CLUSTER_SETTINGS": try scratch.write("settings.yaml", settings + "\n"),
    ]
    shell = try await Self.onThread { [environment] in
      try PeerProcess(
        URL(fileURLWithPath: "/bin/bash"), [Repository.root + "/bin/cluster"], environment: environment)
    }
    let words = shell.firstLine.split(separator: " ").map(String.init)
    guard words.count == 9, words[0] == "ready" else { throw PeerFault("bin/cluster said: \(shell.firstLine)") }
    let ports = words.dropFirst(2).compactMap { Int($0) }
    folder = words[1]
    proxy = "http://127.0.0.1:\(ports[0])"
    servers = ports[1...3].map { "http://127.0.0.1:\($0)" }
    nodePorts = Array(ports[4...6])
    token = try String(contentsOfFile: folder + "/token", encoding: .utf8).filter { !$0.isNewline }
  }

  /// A server's own address.
  public func server(_ number: Int) -> String { servers[number - 1] }

  /// The address of Tocsin's database at a node.
  public func database(at node: Int) -> String {
    "mariadb://tocsin:tocsin@127.0.0.1:\(nodePorts[node - 1])/tocsin"
  }

  /// What a server has logged.
  public func log(ofServer number: Int) -> String {
    (try? String(contentsOfFile: folder + "/server\(number).log", encoding: .utf8)) ?? ""
  }

  /// Runs statements at a node by Debian's `mariadb`.
  public func sql(_ statements: String, at node: Int) async throws -> String {
    let port = nodePorts[node - 1]
    return try await Self.onThread {
      try DebianPeer.output(
        "mariadb",
        [
          "--no-defaults", "--host=127.0.0.1", "--port=\(port)", "--user=root", "--default-character-set=utf8mb4",
          "--connect-timeout=5", "--batch", "--skip-column-names", "--execute", statements, "tocsin",
        ])
    }
  }

  // MARK: - Commands of bin/cluster

  public func kill(_ part: Part) async throws { try await tell("kill \(part)") }
  public func stop(_ part: Part) async throws { try await tell("stop \(part)") }
  /// Starts it again, and waits until it is ready.
  public func start(_ part: Part) async throws { try await tell("start \(part)") }
  public func hang(_ part: Part) async throws { try await tell("hang \(part)") }
  public func wake(_ part: Part) async throws { try await tell("wake \(part)") }
  /// From the other nodes.
  public func isolate(node: Int) async throws { try await tell("isolate node \(node)") }
  public func join(node: Int) async throws { try await tell("join node \(node)") }
  public func cut(server: Int, fromNode node: Int) async throws { try await tell("cut server \(server) node \(node)") }
  public func mend(server: Int, toNode node: Int) async throws { try await tell("mend server \(server) node \(node)") }

  /// Stops everything in good order.
  public func end() async throws { _ = try await ask("end") }

  private func tell(_ command: String) async throws {
    let answer = try await ask(command)
    guard answer == "done" else { throw PeerFault("bin/cluster, told to \(command): \(answer)") }
  }

  private func ask(_ command: String) async throws -> String {
    try await Self.onThread(queue) { [shell] in try shell.ask(command) }
  }

  /// Waiting for a process blocks, which Swift's own threads must not.
  private static func onThread<T: Sendable>(
    _ queue: DispatchQueue = .global(), _ body: @escaping @Sendable () throws -> T
  ) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { continuation.resume(with: Result { try body() }) }
    }
  }
}
