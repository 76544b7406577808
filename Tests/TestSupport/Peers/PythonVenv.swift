import Foundation

/// The Python that tests talk to: the venv that `bin/install-test-peers` makes.
public enum PythonVenv {
  /// The folder with the scripts.
  static let scripts = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Python")
  private static let repository = scripts.appending(path: "../../../..").standardizedFileURL

  /// - Throws: ``PeerFault`` that says what to run when the venv is not there.
  public static func python() throws -> URL {
    let venv = repository.appending(path: ".build/peers/venv")
    let wanted = try? Data(contentsOf: scripts.appending(path: "requirements.txt"))
    let installed = try? Data(contentsOf: venv.appending(path: "requirements.txt"))
    guard let wanted, wanted == installed else {
      throw PeerFault("a test peer is missing or old: run bin/install-test-peers")
    }
    return venv.appending(path: "bin/python")
  }

  /// The path of a script.
  public static func script(_ name: String) -> String { scripts.appending(path: name).path }

  /// Where a script is.
  public static func path(of script: String) -> String { scripts.appending(path: script).path }

  /// Runs a script to its end and returns what it printed.
  ///
  /// - Throws: ``PeerFault`` with its standard error when it failed.
  public static func run(_ script: String, _ arguments: [String] = [], input: Data = Data()) throws -> Data {
    try PeerProcess.output(of: python(), [scripts.appending(path: script).path] + arguments, input: input)
  }
}

/// Why a peer cannot do its part.
public struct PeerFault: Error, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}
