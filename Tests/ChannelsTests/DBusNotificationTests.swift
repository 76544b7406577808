import Foundation
import TestSupport
import Testing
import Tocsin

@testable import Channels

/// What a notification daemon is asked to show.
@Suite struct DBusNotificationTests {
  private func shown(
    _ message: OutboundMessage, capabilities: [String] = ["body", "actions", "body-markup"]
  ) async throws -> NotificationDaemon.Notification {
    try await SessionBus.with { bus in
      try await NotificationDaemon.with(bus, capabilities: capabilities) { daemon in
        let dbus = try DBus(settings: bus.settings)
        let listening = Task { await dbus.listen { _ in } }
        defer { listening.cancel() }
        // Its own thread takes the jobs in turn.
        try await Task.sleep(for: .milliseconds(100))
        _ = try await dbus.send(message)
        return try #require(try daemon.notifications.first)
      }
    }
  }

  /// Failure: the program that shows it ends at once, and nobody is there to hear the button.
  @Test func thereIsNoButtonThatNobodyHears() async throws {
    try await SessionBus.with { bus in
      try await NotificationDaemon.with(bus) { daemon in
        _ = try await DBus(settings: bus.settings).send(.sample(to: "desktop"))
        #expect(try daemon.notifications.first?.actions == [])
      }
    }
  }

  @Test func everyPartOfANotificationIsWhatItShouldBe() async throws {
    try await SessionBus.with { bus in
      try await NotificationDaemon.with(bus) { daemon in
        let receipt = try await DBus(settings: bus.settings).send(.sample(to: "desktop"))
        let shown = try #require(try daemon.notifications.first)
        #expect(shown.app == "Tocsin")
        #expect(shown.replaces == 0)
        #expect(shown.summary == "[HIGH] Disk full [Ref: REF-20261121-ABC]")
        #expect(shown.body == "The disk is full.\n[Ref: REF-20261121-ABC]")
        #expect(shown.hints["urgency"] == .init("y", "1"))
        #expect(shown.hints["category"] == .init("s", "x-tocsin.incident"))
        #expect(shown.hints["desktop-entry"] == .init("s", "tocsin"))
        #expect(shown.expires == -1)
        #expect(receipt.externalId.wholeMatch(of: /1@:1\.\d+@[0-9a-f]{32}/) != nil, "\(receipt)")
        #expect(receipt.metadata == ["notification_id": 1, "daemon": .string(daemon.name)])
      }
    }
  }

  @Test(arguments: [(Severity.low, 0, -1), (.medium, 1, -1), (.high, 1, -1), (.critical, 2, 0)])
  func onlyTheCriticalStays(severity: Severity, urgency: Int, expires: Int) async throws {
    var message = OutboundMessage.sample(to: "desktop")
    message.incident.severity = severity
    let notification = try await shown(message)
    #expect(notification.hints["urgency"] == .init("y", "\(urgency)"))
    #expect(notification.expires == expires)
  }

  @Test func whatIsOverIsNotUrgent() async throws {
    var message = OutboundMessage.sample(to: "desktop", .update)
    (message.incident.severity, message.incident.status) = (.critical, .closed)
    let notification = try await shown(message)
    #expect(notification.hints["urgency"] == .init("y", "0"))
    #expect(notification.expires == -1)
    #expect(notification.actions == [])
  }

  @Test func theButtonIsThereOnlyWhenItCanBePressed() async throws {
    var message = OutboundMessage.sample(to: "desktop")
    #expect(try await shown(message).actions == ["acknowledge", "Acknowledge"])
    #expect(try await shown(message, capabilities: ["body"]).actions == [])
    message.incident.status = .investigating
    #expect(try await shown(message).actions == [])
    message.incident.status = .created
    message.incidents = 3
    #expect(try await shown(message).actions == [])
    #expect(try await shown(.sample(to: "desktop", .test)).actions == [])
  }

  @Test func hostileTextIsMarkupForNobody() async throws {
    let text = "<b>a</b> & \"c\" <a href='http://evil'>\u{202E}x\u{1B}[31m\u{0}\r\nnext\tend"
    let marked = try await shown(.sample(to: "desktop", subject: text, text: text))
    #expect(
      marked.body == "&lt;b&gt;a&lt;/b&gt; &amp; &quot;c&quot; &lt;a href=&#39;http://evil&#39;&gt;x[31m\nnext end")
    // A summary is never markup.
    #expect(marked.summary == "<b>a</b> & \"c\" <a href='http://evil'>x[31m next end")
    let plain = try await shown(.sample(to: "desktop", text: text), capabilities: ["body"])
    #expect(plain.body == "<b>a</b> & \"c\" <a href='http://evil'>x[31m\nnext end")
  }

  @Test func allHostileTextsAreTaken() async throws {
    try await SessionBus.with { bus in
      try await NotificationDaemon.with(bus) { daemon in
        let dbus = try DBus(settings: bus.settings)
        for text in hostileTexts + [longLine] {
          _ = try await dbus.send(.sample(to: "desktop", subject: text, text: text))
        }
        let bodies = try daemon.notifications.map(\.body)
        #expect(bodies.count == hostileTexts.count + 1)
        #expect(bodies.last?.hasSuffix("…\n[Ref: REF-20261121-ABC]") == true)
        #expect(bodies.last?.unicodeScalars.count == 1000)
      }
    }
  }

  @Test func theIncidentsAddressIsALinkWhereLinksAreShown() async throws {
    let url = "https://tocsin.example.com/i?a=1&b=2"
    let link = "<a href=\"https://tocsin.example.com/i?a=1&amp;b=2\">https://tocsin.example.com/i?a=1&amp;b=2</a>"
    let able = ["body", "body-markup", "body-hyperlinks"]
    #expect(try await shown(.sample(to: "desktop", text: "x", url: url), capabilities: able).body == "x\n\(link)")
    let inText = try await shown(.sample(to: "desktop", text: "see \(url) now", url: url), capabilities: able)
    #expect(inText.body == "see \(link) now")
    #expect(try await shown(.sample(to: "desktop", text: "x", url: url)).body == "x")
  }

  @Test func anUpdateTakesThePlaceOfTheFirstMessage() async throws {
    try await SessionBus.with { bus in
      try await NotificationDaemon.with(bus) { daemon in
        let dbus = try DBus(settings: bus.settings)
        let first = try await dbus.send(.sample(to: "desktop"))
        _ = try await dbus.send(.sample(to: "desktop"))
        var update = OutboundMessage.sample(to: "desktop", .update)
        update.first = .init(externalId: first.externalId, shortRef: "REF-20261121-ABC", metadata: first.metadata)
        // A Tocsin that was started again knows the notification, too.
        let receipt = try await DBus(settings: bus.settings).send(update)
        #expect(receipt.externalId == first.externalId)
        #expect(try daemon.notifications.map(\.replaces) == [0, 0, 1])
      }
    }
  }

  @Test func anotherDaemonsNotificationIsNotReplaced() async throws {
    try await SessionBus.with { bus in
      let dbus = try DBus(settings: bus.settings)
      let first = try await NotificationDaemon.with(bus) { _ in try await dbus.send(.sample(to: "desktop")) }
      try await NotificationDaemon.with(bus) { daemon in
        var update = OutboundMessage.sample(to: "desktop", .update)
        for id in [first.externalId, "7", "7@:1.9@", "", "x@y@z"] {
          update.first = .init(externalId: id, shortRef: "REF-20261121-ABC", metadata: first.metadata)
          _ = try await dbus.send(update)
        }
        #expect(try daemon.notifications.map(\.replaces) == [0, 0, 0, 0, 0])
      }
    }
  }
}
