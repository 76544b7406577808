import Foundation
import TestSupport
import Testing

/// `clients/python`, installed by pip as users install it, in a venv of its own, with Axion's `factory.core/` beside it.
struct PythonClient {
  static let source = Repository.root + "/clients/python"
  private var program = Program()
  private let venv: String

  /// - Throws: what says which peer is missing, and what to run.
  init() async throws {
    let peers = try PythonVenv.python().path
    venv = program.scratch.file("venv")
    // A copy: building leaves files behind.
    try FileManager.default.copyItem(atPath: Self.source, toPath: program.scratch.file("client"))
    try FileManager.default.copyItem(
      atPath: Self.source + "/factory.core", toPath: program.scratch.file("factory.core"))
    // All without the network: what builds it is among the peers.
    try await run(
      peers, "-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--wheel-dir", ".",
      program.scratch.file("client"))
    try await run(peers, "-m", "venv", "--without-pip", venv)
    let wheel = try #require(
      FileManager.default.contentsOfDirectory(atPath: program.scratch.path).first { $0.hasSuffix(".whl") })
    try await run(peers, "-m", "pip", "--python", venv, "install", "--quiet", "--no-index", program.scratch.file(wheel))
  }

  /// Runs blocks of a seed in order, as one script that knows the server and its token from the environment.
  func run(_ blocks: [SeedBlock], server: String, token: String) async throws -> [SeedBlock] {
    var script = program
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    script.environment = ["TOCSIN_SERVER": server, "TOCSIN_TOKEN": token, "PATH": "\(venv)/bin:\(path)"]
    let input = String(decoding: try JSONEncoder().encode(blocks), as: UTF8.self)
    let ended = try await script.run(
      program: venv + "/bin/python", [PythonVenv.script("run_blocks.py")], input: input)
    #expect(ended.status == 0, "\(ended.talk)")
    return try JSONDecoder().decode([SeedBlock].self, from: Data(ended.output.utf8))
  }

  private func run(_ command: String...) async throws {
    let ended = try await program.run(program: command[0], Array(command.dropFirst()))
    try #require(ended.status == 0, "\(command): \(ended.output) \(ended.talk)")
  }
}
