import Foundation
import Tocsin

/// What stands under `channels.mqtt`, checked. No message repeats a value that may hold a password.
struct MQTTSettings: Sendable {
  struct Login: Sendable {
    let username: String
    let password: Secret?
  }

  let host: String
  let port: Int
  /// Whether the connection is encrypted.
  let tls: Bool
  let login: Login?
  /// The prefix of all topics.
  let topic: String
  /// 1 or 2: with 0 the broker confirms nothing.
  let qos: Int32
  let caFile: String?
  var library = "libmosquitto.so.1"
  var timeOuts = TimeOuts()

  init(_ settings: [String: String]) throws {
    (tls, host, port) = try Self.broker(settings["url", default: ""])
    login = try Self.login(settings)
    topic = settings["topic"] ?? "tocsin"
    if let fault = MQTTTopic.fault(inPrefix: topic) { throw Setting.invalid("topic", fault) }
    qos = try Self.qos(settings["qos"])
    caFile = try Setting.caFile(settings)
  }

  /// Host and port, for people.
  var name: String { "\(tls ? "mqtts" : "mqtt")://\(host.contains(":") ? "[\(host)]" : host):\(port)" }

  /// 1883 and 8883 are the registered ports (MQTT 5, section 4.2).
  private static func broker(_ text: String) throws -> (Bool, String, Int) {
    // URLComponents would quietly percent-encode what must not be there at all.
    guard text.utf8.allSatisfy({ (33...126).contains($0) }), let parts = URLComponents(string: text),
      let scheme = parts.scheme, ["mqtt", "mqtts"].contains(scheme), let host = parts.host, !host.isEmpty,
      parts.path.isEmpty || parts.path == "/", parts.query == nil, parts.fragment == nil
    else { throw Setting.invalid("url", "must look like mqtt://host:1883 or mqtts://host:8883") }
    guard parts.user == nil, parts.password == nil else {
      throw Setting.invalid("url", "must not hold a user name or password; set username and password instead")
    }
    let port = parts.port ?? (scheme == "mqtts" ? 8883 : 1883)
    guard (1...65535).contains(port) else { throw Setting.invalid("url", "has a port that does not exist") }
    return (scheme == "mqtts", host.trimmingCharacters(in: ["[", "]"]), port)
  }

  private static func login(_ settings: [String: String]) throws -> Login? {
    for key in ["username", "password"] {
      guard let value = settings[key] else { continue }
      guard !value.utf8.contains(0) else {
        throw Setting.invalid(key, "contains a NUL character, which is not allowed")
      }
      // MQTT 5, section 1.5.4.
      guard value.utf8.count <= 65535 else { throw Setting.invalid(key, "is longer than 65535 bytes") }
    }
    guard let username = settings["username"] else {
      if settings["password"] != nil { throw Setting.invalid("password", "needs a username") }
      return nil
    }
    return Login(username: username, password: settings["password"].map { Secret($0) })
  }

  private static func qos(_ text: String?) throws -> Int32 {
    switch text {
    case nil, "1": return 1
    case "2": return 2
    case "0":
      throw Setting.invalid(
        "qos", "must be 1 or 2: with 0 the broker confirms nothing, so no message could ever be called sent",
        allowed: ["1", "2"])
    default: throw Setting.invalid("qos", "must be 1 or 2", allowed: ["1", "2"])
    }
  }
}
