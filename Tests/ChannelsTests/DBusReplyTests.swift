import Foundation
import TestSupport
import Testing
import Tocsin

@testable import Channels

/// Buttons, and a real notification daemon.
@Suite struct DBusReplyTests {
  /// Calls `body` while `dbus` listens, with what it hears.
  private func listening(_ dbus: DBus, _ body: (Collected<Reply>) async throws -> Void) async throws {
    let heard = Collected<Reply>()
    let task = Task { await dbus.listen { heard.add($0) } }
    try await body(heard)
    task.cancel()
    await task.value
  }

  private func replies(_ heard: Collected<Reply>, _ count: Int, _ press: () async throws -> Void) async throws
    -> [Reply]
  {
    // Until it has subscribed, signals are lost.
    _ = try await eventually("\(count) replies") {
      try await press()
      try await Task.sleep(for: .milliseconds(100))
      return heard.all.count >= count ? true : nil
    }
    return heard.all
  }

  @Test func thePressedButtonOfANotificationIsHeard() async throws {
    try await SessionBus.with { bus in
      try await NotificationDaemon.with(bus) { daemon in
        let dbus = try DBus(settings: bus.settings)
        try await listening(dbus) { heard in
          let receipt = try await dbus.send(.sample(to: "desktop"))
          let replies = try await replies(heard, 1) { try daemon.invoke(1, "acknowledge") }
          #expect(replies[0] == Reply(externalId: receipt.externalId, action: .acknowledge, by: NSUserName()))
        }
      }
    }
  }

  @Test func otherActionsAndOtherSignalsAreNotHeard() async throws {
    try await SessionBus.with { bus in
      try await NotificationDaemon.with(bus) { daemon in
        let dbus = try DBus(settings: bus.settings)
        try await listening(dbus) { heard in
          _ = try await dbus.send(.sample(to: "desktop"))
          let replies = try await replies(heard, 1) {
            for action in ["default", "Acknowledge", "reply"] { try daemon.invoke(1, action) }
            try daemon.close(1, reason: 2)
            try daemon.invoke(2, "acknowledge")
          }
          // Another program's notification has a number that the domain does not know.
          #expect(Set(replies.map { $0.externalId.prefix(2) }) == ["2@"])
        }
      }
    }
  }

  @Test func theSameNumberOfAnotherDaemonIsAnotherNotification() async throws {
    try await SessionBus.with { bus in
      let dbus = try DBus(settings: bus.settings)
      try await listening(dbus) { heard in
        let first = try await NotificationDaemon.with(bus) { _ in try await dbus.send(.sample(to: "desktop")) }
        try await NotificationDaemon.with(bus) { daemon in
          let replies = try await replies(heard, 1) { try daemon.invoke(1, "acknowledge") }
          #expect(replies.allSatisfy { $0.externalId != first.externalId && $0.externalId.hasPrefix("1@") })
        }
      }
    }
  }

  @Test func aBusThatRestartsIsHeardAgain() async throws {
    try await SessionBus.with { bus in
      let dbus = try DBus(settings: bus.settings)
      try await listening(dbus) { heard in
        try await NotificationDaemon.with(bus) { daemon in
          _ = try await replies(heard, 1) { try daemon.invoke(1, "acknowledge") }
        }
        bus.stop()
        try bus.start()
        try await NotificationDaemon.with(bus) { daemon in
          _ = try await replies(heard, heard.all.count + 1) { try daemon.invoke(1, "acknowledge") }
        }
      }
    }
  }

  @Test func aBusThatHangsUpOnEverybodyIsNotAskedAllTheTime() async throws {
    try await SessionBus.with { bus in
      try await BusCutter.with(bus, seconds: 0.2) { cutter in
        let dbus = try DBus(settings: ["bus": cutter.address])
        try await listening(dbus) { _ in try await Task.sleep(for: .seconds(4)) }
        // Pauses of at least 0.5, 1 and 2 seconds.
        #expect((2...4).contains(cutter.connections), "\(cutter.connections)")
      }
    }
  }

  @Test func aRealDaemonShowsTheMessageAndItsButtonIsHeard() async throws {
    try await SessionBus.with { bus in
      try await Desktop.with(bus) { desktop in
        let dbus = try DBus(settings: bus.settings)
        #expect(await dbus.probe() == nil)
        try await listening(dbus) { heard in
          let picture = Repository.root + "/.build/peers/dunst.png"
          #expect(try await desktop.photograph(picture) == 1)
          var message = OutboundMessage.sample(
            to: "desktop", subject: "[CRITICAL] Database pool exhausted [Ref: REF-20261121-ABC]",
            text: "CRITICAL · Database pool exhausted · DATABASE\n<b>not bold</b> & \u{202E}not turned around")
          message.incident.severity = .critical
          let receipt = try await dbus.send(message)
          let colours = try await eventually("the notification is on the screen") {
            let colours = try await desktop.photograph(picture)
            return colours > 10 ? colours : nil
          }
          #expect(colours > 10)
          let replies = try await replies(heard, 1) { _ = try await desktop.control("action", "0") }
          #expect(replies[0].externalId == receipt.externalId)
        }
      }
    }
  }

  @Test func aRealDaemonReplacesANotificationInItsPlace() async throws {
    try await SessionBus.with { bus in
      try await Desktop.with(bus) { desktop in
        let dbus = try DBus(settings: bus.settings)
        let first = try await dbus.send(.sample(to: "desktop"))
        var update = OutboundMessage.sample(to: "desktop", .update, subject: "[HIGH] closed")
        update.first = .init(externalId: first.externalId, shortRef: "REF-20261121-ABC")
        #expect(try await dbus.send(update).externalId == first.externalId)
        #expect(try await desktop.control("count", "displayed") == "1\n")
      }
    }
  }
}
