import Foundation

/// A real MQTT broker, Debian's `mosquitto`, on 127.0.0.1.
public final class MosquittoBroker: @unchecked Sendable {
  // Used by one test, from one task at a time.
  public let port: Int
  private let program = Program()
  private let configuration: String
  private var broker: RunningProgram?

  /// Starts one.
  ///
  /// - Parameter lines: of mosquitto.conf, for its only listener. Without any, everybody may do everything.
  public static func with<Result>(
    _ lines: [String] = ["allow_anonymous true"], _ body: (MosquittoBroker) async throws -> Result
  ) async throws -> Result {
    let broker = try await MosquittoBroker(lines)
    try await broker.start()
    // By reference, so that what a test started again ends, too.
    defer { broker.stop(SIGKILL) }
    return try await body(broker)
  }

  private init(_ lines: [String]) async throws {
    port = try await DebianPeer.freePort()
    let text = ["user root", "log_dest stderr", "log_type all", "listener \(port) 127.0.0.1"] + lines
    configuration = try program.scratch.write("mosquitto.conf", text.joined(separator: "\n") + "\n")
  }

  /// Starts it again, without what it remembered.
  public func start() async throws {
    let path = "/usr/sbin/mosquitto"
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw PeerFault("mosquitto is missing: run bin/install-test-peers")
    }
    let broker = try program.start(program: path, ["-c", configuration])
    self.broker = broker
    _ = try await eventually("mosquitto runs: \(broker.talk)") { broker.talk.contains(" running") ? true : nil }
  }

  public func stop(_ signal: Int32 = SIGTERM) {
    broker?.signal(signal)
    broker = nil
  }

  /// Everything it has logged since it was started.
  public var log: String { broker?.talk ?? "" }

  /// A file in a folder of its own, such as a list of passwords.
  public static func file(_ scratch: Scratch, _ name: String, _ text: String) throws -> String {
    let path = try scratch.write(name, text)
    // Mosquitto may not read what others may.
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    return path
  }

  /// A real subscriber, Debian's `mosquitto_sub`.
  ///
  /// - Parameter options: of its own beside the topic; it speaks MQTT 5.
  public func subscribe(_ topic: String = "#", _ options: [String] = []) async throws -> MosquittoSubscriber {
    let arguments =
      ["-h", "127.0.0.1", "-p", "\(port)", "-V", "5", "-q", "2", "-F", "%j", "-d"] + options + ["-t", topic]
    // By line, or its output would wait in a buffer.
    let running = try program.start(
      program: DebianPeer.path("stdbuf"), ["-oL", try DebianPeer.path("mosquitto_sub")] + arguments)
    _ = try await running.waitFor(/(Subscribed|SUBACK)/)
    return MosquittoSubscriber(running: running)
  }
}

/// What a real subscriber gets.
public struct MosquittoSubscriber: Sendable {
  public struct Message: Decodable, Sendable {
    public let topic: String
    public let qos: Int
    public let retain: Int
    public let payload: String
    public let properties: Properties?

    public struct Properties: Decodable, Sendable {
      public let contentType: String?
      public let messageExpiryInterval: Int?
      public let userProperties: [String: String]?

      enum CodingKeys: String, CodingKey {
        case contentType = "content-type"
        case messageExpiryInterval = "message-expiry-interval"
        case userProperties = "user-properties"
      }
    }

    /// The payload as a JSON object.
    public func object() throws -> [String: Any] {
      try JSONSerialization.jsonObject(with: Data(payload.utf8)) as? [String: Any] ?? [:]
    }
  }

  let running: RunningProgram

  /// The messages so far, oldest first.
  public var messages: [Message] {
    running.output.split(separator: "\n").filter { $0.hasPrefix("{") }.compactMap {
      try? JSONDecoder().decode(Message.self, from: Data($0.utf8))
    }
  }

  /// Everything it printed.
  public var output: String { running.output }

  /// Waits until it has `count` messages.
  public func messages(_ count: Int) async throws -> [Message] {
    try await eventually("\(count) messages; there are \(messages.map(\.topic))") {
      messages.count >= count ? messages : nil
    }
  }
}
