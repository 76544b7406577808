import Foundation

/// A program that a test started. It is told to end by the end of its standard input, so it ends with the tests however
/// those end; ``stop()`` ends it by its own process id.
final class PeerProcess: Sendable {
  private let process: Process
  private let input: FileHandle
  /// The first line that it printed: its port.
  let firstLine: String

  init(_ program: URL, _ arguments: [String]) throws {
    let (input, output) = (Pipe(), Pipe())
    process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.standardInput = input
    process.standardOutput = output
    try process.spawn()
    self.input = input.fileHandleForWriting
    var line = Data()
    while let byte = try output.fileHandleForReading.read(upToCount: 1), let first = byte.first, first != 10 {
      line.append(first)
    }
    firstLine = String(decoding: line, as: UTF8.self)
    if line.isEmpty {
      stop()
      throw PeerFault("\(arguments.first ?? program.path) ended before it was ready")
    }
  }

  func stop() {
    try? input.close()
    if process.isRunning { process.terminate() }
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
    let output = try standardOutput.fileHandleForReading.readToEnd() ?? Data()
    let error = try standardError.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw PeerFault("\(program.lastPathComponent) \(arguments) failed: \(String(decoding: error, as: UTF8.self))")
    }
    return output
  }
}
