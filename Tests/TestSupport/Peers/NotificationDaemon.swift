import Foundation

/// A notification daemon that behaves as told (`notifications.py`).
public final class NotificationDaemon: Sendable {
  /// A call of Notify.
  public struct Notification: Decodable, Sendable {
    public let app: String
    public let replaces: Int
    public let summary: String
    public let body: String
    public let actions: [String]
    public let expires: Int
    public let id: Int
    public let hints: [String: Hint]
  }

  /// A value with its D-Bus type, such as `y` for a byte.
  public struct Hint: Decodable, Sendable, Equatable {
    public let type: String
    public let value: String

    public init(_ type: String, _ value: String) { (self.type, self.value) = (type, value) }

    public init(from decoder: any Decoder) throws {
      var container = try decoder.unkeyedContainer()
      type = try container.decode(String.self)
      value = try (try? container.decode(String.self)) ?? String(container.decode(Int.self))
    }
  }

  private let scratch = Scratch()
  private let output: String
  private let process: PeerProcess

  private init(_ bus: SessionBus, _ options: [String: Any]) throws {
    output = scratch.file("notifications.jsonl")
    let json = try JSONSerialization.data(
      withJSONObject: options.merging(["output": output, "address": bus.address]) { $1 })
    process = try PeerProcess(
      PythonVenv.python(),
      [PythonVenv.scripts.appending(path: "notifications.py").path, String(decoding: json, as: UTF8.self)])
  }

  /// Starts one on `bus`, and ends it when `body` returns or throws.
  public static func with<Result>(
    _ bus: SessionBus, mode: String = "normal", error: String = "", firstId: Int = 1,
    capabilities: [String] = ["body", "actions", "body-markup"],
    _ body: (NotificationDaemon) async throws -> Result
  ) async throws -> Result {
    let options: [String: Any] = ["mode": mode, "error": error, "capabilities": capabilities, "first_id": firstId]
    let daemon = try NotificationDaemon(bus, options)
    defer { daemon.process.stop() }
    return try await body(daemon)
  }

  /// Its unique name on the bus.
  public var name: String { process.firstLine }

  /// What it was asked to show, oldest first.
  public var notifications: [Notification] {
    get throws {
      let lines = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
      return try lines.split(separator: "\n").map { try JSONDecoder().decode(Notification.self, from: Data($0.utf8)) }
    }
  }

  /// Tells everybody that a button was pressed.
  public func invoke(_ id: Int, _ action: String) throws { try process.tell("ActionInvoked \(id) \(action)") }

  /// Tells everybody that a notification is gone.
  public func close(_ id: Int, reason: Int) throws { try process.tell("NotificationClosed \(id) \(reason)") }
}
