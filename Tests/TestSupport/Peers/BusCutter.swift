import Foundation

/// A bus that takes connections and hangs up on them (`bus_cutter.py`), before a real one.
public final class BusCutter: Sendable {
  private let scratch = Scratch()
  private let process: PeerProcess

  /// As in `channels.dbus.bus`.
  public var address: String { "unix:path=\(scratch.file("cutter"))" }
  /// How many connections it took so far.
  public var connections: Int {
    let lines = try? String(contentsOfFile: scratch.file("connections"), encoding: .utf8)
    return lines?.split(separator: "\n").count ?? 0
  }

  private init(_ bus: SessionBus, seconds: Double) throws {
    let options: [String: Any] = [
      "path": scratch.file("cutter"), "bus": String(bus.address.trimmingPrefix("unix:path=")), "seconds": seconds,
      "output": scratch.file("connections"),
    ]
    let json = try JSONSerialization.data(withJSONObject: options)
    let script = PythonVenv.scripts.appending(path: "bus_cutter.py").path
    process = try PeerProcess(PythonVenv.python(), [script, String(decoding: json, as: UTF8.self)])
  }

  /// Starts one before `bus`, and ends it when `body` returns or throws.
  ///
  /// - Parameter seconds: that a connection lasts.
  public static func with<Result>(
    _ bus: SessionBus, seconds: Double, _ body: (BusCutter) async throws -> Result
  ) async throws -> Result {
    let cutter = try BusCutter(bus, seconds: seconds)
    defer { cutter.process.stop() }
    return try await body(cutter)
  }
}
