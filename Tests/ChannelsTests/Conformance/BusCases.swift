import Foundation
import TestSupport
import Tocsin

@testable import Channels

/// MQTT and D-Bus.
extension ChannelCase {
  static let mqtt = ChannelCase(
    type: MQTT.self, speech: .mqtt,
    settings: { port, isEncrypted in
      [
        "url": "\(isEncrypted ? "mqtts" : "mqtt")://127.0.0.1:\(port)", "username": "tocsin",
        "password": "canary horse battery staple",
      ]
    }, make: { try MQTT(settings: $0, timeOuts: $1) },
    good: { use in
      try await MosquittoBroker.with { broker in
        let subscriber = try await broker.subscribe()
        try await use(
          GoodPeer(settings: ["url": "mqtt://127.0.0.1:\(broker.port)"]) {
            // The broker confirms a message before its subscribers have it.
            try await Task.sleep(for: .milliseconds(500))
            return try subscriber.messages.filter { !$0.topic.hasSuffix("/state") }.map { message in
              let isOurs = message.topic.wholeMatch(of: /tocsin\/v1\/incident\/[0-9a-f-]+\/event/) != nil
              let text = try message.object()["text"] as? String
              return Arrival(text: text ?? "", live: isOurs ? [] : [message.topic])
            }
          })
      }
    })

  static let dbus = ChannelCase(
    type: DBus.self, speech: .dbus, settings: { port, _ in ["bus": "tcp:host=127.0.0.1,port=\(port)"] },
    make: { try DBus(settings: $0, timeOuts: $1) },
    good: { use in
      try await SessionBus.with { bus in
        try await NotificationDaemon.with(bus) { daemon in
          try await use(
            GoodPeer(settings: bus.settings) {
              try daemon.notifications.map { shown in
                Arrival(text: shown.summary + "\n" + shown.body, live: shown.body.contains("<") ? ["markup"] : [])
              }
            })
        }
      }
    })
}
