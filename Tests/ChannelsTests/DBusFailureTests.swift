import Foundation
import TestSupport
import Testing
import Tocsin

@testable import Channels

@Suite struct DBusFailureTests {
  private let message = OutboundMessage.sample(to: "desktop")
  private let quick = TimeOuts(connect: 1, total: 1)

  @Test(arguments: ["unix:path=/nonexistent/bus", "tcp:host=127.0.0.1,port=1"])
  func aMachineWithoutADesktopIsToldWhatToDo(address: String) async throws {
    let dbus = try DBus(settings: ["bus": address])
    let failure = try #require(await dbus.refusal(of: message))
    #expect(failure.isRetryable && failure.reason.contains("no desktop bus at \(address)"), "\(failure)")
    #expect(failure.reason.contains("leave DBUS out"))
    #expect(await dbus.probe() == failure.reason)
  }

  @Test func aBusWithoutANotificationDaemonIsTriedAgain() async throws {
    try await SessionBus.with { bus in
      let dbus = try DBus(settings: bus.settings)
      let failure = try #require(await dbus.refusal(of: message))
      #expect(failure.isRetryable && failure.reason.contains("dunst"), "\(failure)")
      #expect(await dbus.probe() == failure.reason)
      // It comes later.
      try await NotificationDaemon.with(bus) { _ in _ = try await dbus.send(message) }
    }
  }

  @Test(arguments: ["hang", "hang_capabilities"])
  func aDaemonThatSaysNothingIsLeftAfterTheTimeOut(mode: String) async throws {
    try await SessionBus.with { bus in
      try await NotificationDaemon.with(bus, mode: mode) { _ in
        let dbus = try DBus(settings: bus.settings, timeOuts: quick)
        let start = ContinuousClock.now
        let failures = await withTaskGroup { group in
          for _ in 0..<4 { group.addTask { await dbus.refusal(of: message) } }
          return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(ContinuousClock.now - start < .seconds(2))
        #expect(
          failures.allSatisfy { $0?.isRetryable == true && $0?.reason.contains("in time") == true }, "\(failures)")
      }
    }
  }

  @Test func aBusThatSaysNothingIsLeftAfterTheTimeOut() async throws {
    try await FakeBroker.with(mode: "silent") { silent in
      let dbus = try DBus(settings: ["bus": "tcp:host=127.0.0.1,port=\(silent.port)"], timeOuts: quick)
      let start = ContinuousClock.now
      #expect(try #require(await dbus.refusal(of: message)).isRetryable)
      #expect(ContinuousClock.now - start < .seconds(2))
    }
  }

  @Test func aDaemonThatGivesNoIdHasShownNothing() async throws {
    try await SessionBus.with { bus in
      try await NotificationDaemon.with(bus, mode: "zero") { _ in
        let failure = try #require(try await DBus(settings: bus.settings).refusal(of: message))
        #expect(failure.isRetryable && failure.reason.contains("no id"))
      }
    }
  }

  @Test(arguments: [
    ("org.freedesktop.DBus.Error.AccessDenied", false), ("org.freedesktop.DBus.Error.InvalidArgs", false),
    ("org.freedesktop.DBus.Error.NoMemory", true), ("org.freedesktop.Notifications.MaxNotificationsExceeded", true),
  ])
  func aDaemonThatRefusesIsNotQuoted(error: String, isRetryable: Bool) async throws {
    try await SessionBus.with { bus in
      try await NotificationDaemon.with(bus, mode: "error", error: error) { _ in
        let failure = try #require(try await DBus(settings: bus.settings).refusal(of: message))
        #expect(failure.isRetryable == isRetryable, "\(failure)")
        #expect(!failure.reason.contains("hunter2"))
      }
    }
  }

  @Test func aBusThatComesBackIsFoundByTheNextMessage() async throws {
    try await SessionBus.with { bus in
      let dbus = try DBus(settings: bus.settings)
      let first = try await NotificationDaemon.with(bus) { _ in try await dbus.send(message) }
      bus.stop()
      #expect(await dbus.refusal(of: message)?.isRetryable == true)
      try bus.start()
      let second = try await NotificationDaemon.with(bus) { _ in try await dbus.send(message) }
      #expect(first.externalId != second.externalId)
    }
  }

  @Test func aBusOverTCPIsReached() async throws {
    try await SessionBus.with(port: DebianPeer.freePort()) { bus in
      let failure = try #require(try await DBus(settings: bus.settings).refusal(of: message))
      #expect(failure.reason.contains("dunst"), "\(failure)")
    }
  }

  @Test func aMachineWithoutLibsystemdIsToldWhatToInstall() async throws {
    let dbus = try DBus(
      settings: ["bus": "session"], timeOuts: quick, library: "libsystemd-of-nowhere.so.0")
    let failure = try #require(await dbus.refusal(of: message))
    #expect(failure.isRetryable && failure.reason.contains("libsystemd0"))
    #expect(await dbus.probe() == failure.reason)
  }

  @Test(arguments: [
    "", "sessions", "unixexec:path=/bin/sh", "autolaunch:", "unix:", "unix:path=/a;tcp:host=b", "unix:path=/a b",
  ])
  func whatIsNoBusIsRefused(bus: String) {
    let failure = #expect(throws: Failure.self) { try DBus(settings: ["bus": bus]) }
    #expect(failure?.field == "bus")
  }

  @Test func theSessionsBusIsFoundAsOthersFindIt() throws {
    let session = ["bus": "session"]
    #expect(
      try DBusSettings(session, environment: ["DBUS_SESSION_BUS_ADDRESS": "unix:path=/x"]).address == "unix:path=/x")
    #expect(try DBusSettings(session, environment: [:]).address == "unix:path=/run/user/\(getuid())/bus")
    #expect(try DBusSettings(["bus": "system"], environment: [:]).address == "unix:path=/run/dbus/system_bus_socket")
  }

  @Test(arguments: ["", "Desktop", "desktop ", "other", "a\nb"])
  func thereIsNoTarget(target: String) async throws {
    let dbus = try DBus(settings: ["bus": "session"])
    #expect(dbus.fault(inTarget: target) != nil)
    #expect(await dbus.refusal(of: .sample(to: target))?.isPermanent == true)
  }
}
