import Testing
import Tocsin

@testable import Channels

@Suite struct MQTTSettingsTests {
  private let good = ["url": "mqtt://broker.example.com"]

  @Test(arguments: [
    ("url", ""), ("url", "broker.example.com"), ("url", "http://broker.example.com"), ("url", "mqtt://"),
    ("url", "mqtt://user:hunter2@broker"), ("url", "mqtt://broker/topic"), ("url", "mqtt://broker:0"),
    ("url", "mqtt://broker:99999"), ("url", "mqtt://bro ker"), ("url", "mqtt://broker\r\n"), ("url", "mqtt://b?x=1"),
    ("password", "hunter2 alone"), ("qos", "0"), ("qos", "3"), ("qos", "one"), ("qos", ""),
    ("topic", ""), ("topic", "a/+/b"), ("topic", "a/#"), ("topic", "/a"), ("topic", "a/"), ("topic", "a//b"),
    ("topic", "a\u{0}b"), ("topic", "$SYS/a"), ("topic", "a b"), ("topic", "a\u{202E}b"),
    ("topic", String(repeating: "x", count: 256)), ("topic", String(repeating: "ü", count: 128)),
    ("ca_file", "/nonexistent/ca.pem"), ("ca_file", "/etc/hostname"),
  ])
  func aBadValueIsRefusedByItsKey(key: String, value: String) {
    let failure = #expect(throws: Failure.self) { try MQTT(settings: good.merging([key: value]) { $1 }) }
    #expect(failure?.code == .invalid)
    #expect(failure?.field == key)
    #expect(failure?.message.contains("hunter2") == false)
  }

  @Test(arguments: [
    ("mqtt://broker", "mqtt://broker:1883"), ("mqtts://broker", "mqtts://broker:8883"),
    ("mqtt://127.0.0.1:99/", "mqtt://127.0.0.1:99"), ("mqtts://[::1]:8884", "mqtts://[::1]:8884"),
  ])
  func aBrokersURLIsTaken(url: String, name: String) throws {
    #expect(try MQTTSettings(["url": url]).name == name)
  }

  @Test(arguments: ["lab", "lab/alarms", "Störung/München", String(repeating: "x", count: 255)])
  func aTopicIsATarget(target: String) throws {
    #expect(try MQTT(settings: good).fault(inTarget: target) == nil)
  }

  @Test(arguments: ["", "+", "#", "lab/+", "lab/#", "lab+", "/lab", "lab/", "a//b", "$SYS", "a\r\nb", "a\u{0}", "a b"])
  func whatIsNoTopicIsNoTarget(target: String) async throws {
    let mqtt = try MQTT(settings: good)
    #expect(mqtt.fault(inTarget: target) != nil)
    // It is refused before anything is sent, too.
    #expect(await mqtt.refusal(of: .sample(to: target))?.isPermanent == true)
  }
}
