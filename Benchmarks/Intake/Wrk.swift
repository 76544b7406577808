import Foundation

/// The load generator of that name (github.com/wg/wrk), with one thread: it takes the least away from what it measures.
enum Wrk {
  private static let program = "/usr/bin/wrk"
  static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: program) }

  struct Result {
    let perSecond: Int
    /// Milliseconds.
    let p50, p99: Double
    /// Answers with 400 or more, and requests without one.
    let refused: Int

    var cells: String { "\(perSecond) | \(String(format: "%.1f", p50)) | \(String(format: "%.1f", p99))" }
  }

  /// Posts alerts in the form of Alertmanager's API, as fast as they are taken.
  static func run(
    _ url: String, _ severity: String, isDistinct: Bool, _ connections: Int, _ seconds: Int
  ) async throws -> Result {
    try await withFolder { folder in
      let script = folder + "/alerts.lua"
      try lua(severity, isDistinct: isDistinct).write(toFile: script, atomically: true, encoding: .utf8)
      let process = Process()
      let pipe = Pipe()
      process.executableURL = URL(fileURLWithPath: program)
      process.arguments = ["-t1", "-c\(connections)", "-d\(seconds)s", "--timeout", "20s", "-s", script, url]
      process.standardOutput = pipe
      try process.run()
      let output = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
      process.waitUntilExit()
      guard let line = output.split(separator: "\n").first(where: { $0.hasPrefix("RESULT") }) else {
        throw BenchmarkFault("wrk said nothing of use: \(output)")
      }
      let figures = line.split(separator: " ").dropFirst().compactMap { Double($0) }
      return Result(
        perSecond: Int(figures[0] / figures[1] * 1e6), p50: figures[2] / 1000, p99: figures[3] / 1000,
        refused: Int(figures[4]))
    }
  }

  private static func lua(_ severity: String, isDistinct: Bool) -> String {
    """
    wrk.method = "POST"
    wrk.headers["Content-Type"] = "application/json"
    local number = 0
    local run = "\(UUID().uuidString)"
    function request()
      \(isDistinct ? "number = number + 1" : "")
      return wrk.format(nil, nil, nil, '[{"labels":{"alertname":"DiskFull","severity":"\(severity)","service":"DATABASE",' ..
        '"instance":"' .. run .. number .. '"},"annotations":{"summary":"Disk full on db1","description":"Less than 1 % left"},' ..
        '"startsAt":"2026-11-21T10:00:00.000Z","endsAt":"2036-11-21T10:00:00.000Z"}]')
    end
    function done(summary, latency)
      local e = summary.errors
      io.write(string.format("RESULT %d %d %f %f %d\\n", summary.requests, summary.duration, latency:percentile(50),
        latency:percentile(99), e.status + e.timeout + e.connect + e.read + e.write))
    end
    """
  }
}
