import Foundation

/// A program that a test started. It is killed when the test lets go of it.
public final class RunningProgram: @unchecked Sendable {
  // `Process` is used from one thread at a time: `end` hands over to the termination handler.
  private let process = Process()
  private let outputPath: String
  private let talkPath: String
  private let scratch: Scratch

  init(_ path: String, _ arguments: [String], _ program: Program, input: String = "") throws {
    scratch = program.scratch
    let name = UUID().uuidString
    outputPath = scratch.file(name + ".out")
    talkPath = scratch.file(name + ".err")
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: scratch.path)
    let inherited = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    process.environment = ["PATH": inherited, "HOME": scratch.path].merging(program.environment) { $1 }
    // Files rather than pipes: no program ever waits for its reader.
    let files = [
      try FileHandle(forReadingFrom: URL(fileURLWithPath: scratch.write(name + ".in", input))),
      try Self.file(outputPath), try Self.file(talkPath),
    ]
    (process.standardInput, process.standardOutput, process.standardError) = (files[0], files[1], files[2])
    // The program has its own; Foundation would keep ours for good, and crashes in `run` at about 1,360 of them.
    defer { for file in files { try? file.close() } }
    try process.spawn()
  }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  public var pid: Int32 { process.processIdentifier }
  public var isRunning: Bool { process.isRunning }

  /// Everything it has printed so far.
  public var output: String { (try? String(contentsOfFile: outputPath, encoding: .utf8)) ?? "" }
  /// Everything it has said on stderr so far.
  public var talk: String { (try? String(contentsOfFile: talkPath, encoding: .utf8)) ?? "" }

  /// KiB of memory it has now, and has had at most (proc(5)).
  public func memory() throws -> (now: Int, most: Int) {
    let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
    func figure(_ name: String) -> Int {
      let line = status.split(separator: "\n").first { $0.hasPrefix(name + ":") }
      return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }
    return (figure("VmRSS"), figure("VmHWM"))
  }

  /// Sends a signal.
  public func signal(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// Waits for its end and returns what it said.
  public func end() async throws -> Ended {
    while process.isRunning { try await Task.sleep(for: .milliseconds(5)) }
    return Ended(status: process.terminationStatus, output: output, talk: talk)
  }

  /// Waits until `expression` fits what it printed and returns the first group.
  ///
  /// - Throws: when it ends first, or says nothing of the kind for 20 seconds.
  public func waitFor(_ expression: Regex<(Substring, Substring)>) async throws -> String {
    try await eventually("\(process.executableURL?.lastPathComponent ?? "") printed what was expected; stderr: \(talk)")
    {
      if let match = self.output.firstMatch(of: expression) { return String(match.1) }
      if !self.process.isRunning { throw NeverHappened(what: "the program ended first: \(self.talk)") }
      return nil
    }
  }

  private static func file(_ path: String) throws -> FileHandle {
    try Data().write(to: URL(fileURLWithPath: path))
    return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
  }
}

/// Something that a test waited for in vain.
public struct NeverHappened: Error, CustomStringConvertible {
  let what: String

  public var description: String { "never happened: \(what)" }
}

/// Waits until `look` returns a value. For what other processes do, which no clock of ours can hurry.
public func eventually<Value>(
  _ what: @autoclosure () -> String, within seconds: Double = 60, _ look: () async throws -> Value?
) async throws -> Value {
  let deadline = ContinuousClock.now + .seconds(seconds)
  while ContinuousClock.now < deadline {
    if let value = try await look() { return value }
    try await Task.sleep(for: .milliseconds(20))
  }
  throw NeverHappened(what: what())
}
