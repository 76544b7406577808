import Foundation
import Glibc

/// A program that a test started. It is told to end by the end of its standard input, so it ends with the tests however
/// those end; ``stop()`` ends it by its own process id.
final class PeerProcess: Sendable {
  private let process: Process
  private let input: FileHandle
  private let output: FileHandle
  /// The first line that it printed: its port.
  let firstLine: String

  /// - Parameter environment: beside what the tests have.
  init(_ program: URL, _ arguments: [String], environment: [String: String] = [:]) throws {
    let (input, output) = (Pipe(), Pipe())
    process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = input
    process.standardOutput = output
    try process.spawn()
    self.input = input.fileHandleForWriting
    self.output = output.fileHandleForReading
    firstLine = try Self.line(self.output)
    if firstLine.isEmpty {
      stop()
      throw PeerFault("\(arguments.first ?? program.path) ended before it was ready")
    }
  }

  /// Writes a line to its standard input, and waits for the line by which it says that it has done so.
  func ask(_ line: String) throws -> String {
    try tell(line)
    return try Self.line(output)
  }

  private static func line(_ output: FileHandle) throws -> String {
    var line = Data()
    while let byte = try output.some(1).first, byte != 10 { line.append(byte) }
    return String(decoding: line, as: UTF8.self)
  }

  /// Writes a line to its standard input.
  func tell(_ line: String) throws { try input.write(contentsOf: Data("\(line)\n".utf8)) }

  func stop() {
    try? input.close()
    // Not SIGTERM: programs inherit the signals that the thread which started them blocks, and most threads block that.
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
  }

  /// Runs a program to its end and returns what it printed.
  static func output(of program: URL, _ arguments: [String], input: Data = Data()) throws -> Data {
    let (standardInput, standardOutput, standardError) = (Pipe(), Pipe(), Pipe())
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.standardInput = standardInput
    process.standardOutput = standardOutput
    process.standardError = standardError
    try process.spawn()
    // Its input first: none of ours prints before it has read everything.
    try standardInput.fileHandleForWriting.write(contentsOf: input)
    try standardInput.fileHandleForWriting.close()
    let output = try standardOutput.fileHandleForReading.all()
    let error = try standardError.fileHandleForReading.all()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw PeerFault("\(program.lastPathComponent) \(arguments) failed: \(String(decoding: error, as: UTF8.self))")
    }
    return output
  }
}

/// Foundation's own give up when a signal comes meanwhile, of which a process that starts others gets many.
extension FileHandle {
  /// The next bytes, `count` at most; none at the end.
  fileprivate func some(_ count: Int) throws -> Data {
    var bytes = [UInt8](repeating: 0, count: count)
    while true {
      let got = Glibc.read(fileDescriptor, &bytes, count)
      if got >= 0 { return Data(bytes.prefix(got)) }
      guard errno == EINTR else { throw PeerFault("cannot read from a program: \(String(cString: strerror(errno)))") }
    }
  }

  fileprivate func all() throws -> Data {
    var all = Data()
    while true {
      let more = try some(1 << 16)
      if more.isEmpty { return all }
      all += more
    }
  }
}
