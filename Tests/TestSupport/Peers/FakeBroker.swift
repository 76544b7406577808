import Foundation

/// An MQTT broker on 127.0.0.1 that misbehaves as told (`mqtt_broker.py`).
public final class FakeBroker: Sendable {
  /// What it got.
  public struct Packet: Decodable, Sendable {
    public let packet: String
    /// 4 for MQTT 3.1.1, 5 for MQTT 5.
    public let level: Int
    public let topic: String?
    public let dup: Int?
  }

  public let port: Int
  private let process: PeerProcess
  private let scratch = Scratch()
  private let output: String

  private init(_ options: [String: Any]) throws {
    output = scratch.file("packets.jsonl")
    let json = try JSONSerialization.data(withJSONObject: options.merging(["output": output]) { $1 })
    let script = PythonVenv.scripts.appending(path: "mqtt_broker.py").path
    process = try PeerProcess(PythonVenv.python(), [script, String(decoding: json, as: UTF8.self)])
    port = Int(process.firstLine) ?? 0
  }

  /// Starts one, and ends it when `body` returns or throws.
  public static func with<Result>(
    mode: String = "normal", connack: Int = 0, puback: Int = 0, echo: String = "",
    _ body: (FakeBroker) async throws -> Result
  ) async throws -> Result {
    let broker = try FakeBroker(["mode": mode, "connack": connack, "puback": puback, "echo": echo])
    defer { broker.process.stop() }
    return try await body(broker)
  }

  /// What it got so far, oldest first.
  public var packets: [Packet] {
    let lines = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
    return lines.split(separator: "\n").compactMap { try? JSONDecoder().decode(Packet.self, from: Data($0.utf8)) }
  }
}
