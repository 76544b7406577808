import Foundation
import NIOCore
import NIOPosix

/// Programs that come as Debian packages.
public enum DebianPeer {
  /// The path of an installed program.
  ///
  /// - Throws: ``PeerFault`` that says what to run when it is not there.
  public static func path(_ name: String) throws -> String {
    let path = "/usr/bin/" + name
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw PeerFault("\(name) is missing: run bin/install-test-peers")
    }
    return path
  }

  /// Runs one to its end and returns what it printed.
  ///
  /// - Throws: ``PeerFault`` with its standard error when it failed.
  public static func output(_ name: String, _ arguments: [String]) throws -> String {
    let output = try PeerProcess.output(of: URL(fileURLWithPath: path(name)), arguments, input: Data())
    return String(decoding: output, as: UTF8.self)
  }

  /// A port of 127.0.0.1 that was free a moment ago, for programs that cannot choose one themselves.
  public static func freePort() async throws -> Int {
    let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .bind(host: "127.0.0.1", port: 0).get()
    let port = server.localAddress?.port ?? 0
    try await server.close()
    return port
  }
}
