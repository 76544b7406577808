import Foundation

/// `tocsin serve` on a new database, built beside this program.
final class TocsinPeer {
  private static let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    .appending(path: "tocsin").path
  static var isBuilt: Bool { FileManager.default.isExecutableFile(atPath: program) }

  let url: String
  private let process = Process()

  init(_ database: String) async throws {
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: Self.program)
    process.arguments = ["serve", "--listen", "127.0.0.1:0", "--database", database]
    (process.standardOutput, process.standardError) = (pipe, FileHandle.nullDevice)
    try process.run()
    var talk = ""
    while true {
      let data = pipe.fileHandleForReading.availableData
      talk += String(decoding: data, as: UTF8.self)
      if let match = talk.firstMatch(of: /address +(http\S+)\s/) {
        url = String(match.1)
        return
      }
      if data.isEmpty { throw BenchmarkFault("tocsin serve ended: \(talk)") }
    }
  }

  func end() {
    process.terminate()
    process.waitUntilExit()
  }
}
