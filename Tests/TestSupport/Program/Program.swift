import Foundation

/// The built `tocsin`, run as a user runs it, on a database and a home of its own.
public struct Program: Sendable {
  public let scratch: Scratch
  /// What it finds in its environment, beside PATH and HOME.
  public var environment: [String: String]

  public init(_ environment: [String: String] = [:]) {
    scratch = Scratch()
    self.environment = ["TOCSIN_DATABASE": scratch.file("tocsin.db")].merging(environment) { $1 }
  }

  /// The SQLite file it works on.
  public var database: String { environment["TOCSIN_DATABASE"] ?? "" }

  /// Runs it to the end.
  public func run(_ arguments: [String], input: String = "") async throws -> Ended {
    try await RunningProgram(Self.path, arguments, self, input: input).end()
  }

  public func run(_ arguments: String..., input: String = "") async throws -> Ended {
    try await run(arguments, input: input)
  }

  /// Starts it and leaves it running.
  public func start(_ arguments: String...) throws -> RunningProgram { try RunningProgram(Self.path, arguments, self) }

  /// Starts another program in the same environment, and leaves it running.
  public func start(program: String, _ arguments: [String]) throws -> RunningProgram {
    try RunningProgram(program, arguments, self)
  }

  /// Runs another program in the same environment.
  public func run(program: String, _ arguments: [String], input: String = "") async throws -> Ended {
    try await RunningProgram(program, arguments, self, input: input).end()
  }

  /// The binary beside the test bundle.
  public static let path = folder + "/tocsin"

  /// Where the built programs are: beside the test bundle.
  public static let folder: String = {
    // `.build/debug/NAME.xctest`, or a path below it.
    let bundle = CommandLine.arguments.first { $0.contains(".xctest") } ?? CommandLine.arguments[0]
    let folder = bundle.components(separatedBy: "/").prefix { !$0.hasSuffix(".xctest") }.joined(separator: "/")
    let candidates = [folder, Repository.root + "/.build/debug"]
    return candidates.first { FileManager.default.isExecutableFile(atPath: $0 + "/tocsin") } ?? candidates[0]
  }()
}

/// How a program ended.
public struct Ended: Sendable {
  /// The exit status; for one that was killed, the signal's number.
  public let status: Int32
  public let output: String
  /// What it said on stderr.
  public let talk: String

  /// The output without its last line break.
  public var line: String { output.hasSuffix("\n") ? String(output.dropLast()) : output }

  /// The output as JSON.
  public func json() throws -> Any {
    try JSONSerialization.jsonObject(with: Data(output.utf8), options: .fragmentsAllowed)
  }

  /// The output as a JSON object.
  public func object() throws -> [String: Any] { try json() as? [String: Any] ?? [:] }

  /// The output as a list of JSON objects.
  public func objects() throws -> [[String: Any]] { try json() as? [[String: Any]] ?? [] }
}

/// Where the sources are.
public enum Repository {
  public static let root = #filePath.components(separatedBy: "/Tests/TestSupport/")[0]

  /// The text of a file of the repository.
  public static func text(_ path: String) throws -> String {
    try String(contentsOfFile: root + "/" + path, encoding: .utf8)
  }
}
