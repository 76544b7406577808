import Foundation
import Synchronization
import TestSupport
import Testing

/// The cases in which Alertmanager 0.25 was seen to lose messages, or to flood a receiver that was in trouble.
@Suite struct OutageTests {
  private let tocsin = Program()

  /// Failure: the receiver is down for 30 seconds, and Tocsin is killed in between. Alertmanager lost 150 of 395.
  @Test func `A receiver that is down for 30 s and a kill at second 20 lose no message`() async throws {
    let port = try await DebianPeer.freePort()
    let tocsin = try await configured(url: "http://127.0.0.1:\(port)/hook")
    var running = try tocsin.start("serve", "--listen", "127.0.0.1:0")
    var sender = AlertSender(server: try await running.waitFor(/address +(http\S+)/))
    let start = ContinuousClock.now
    var told: [String] = []
    while ContinuousClock.now - start < .seconds(30) {
      if told.count == 200 {
        running.signal(SIGKILL)
        _ = try await running.end()
        running = try tocsin.start("serve", "--listen", "127.0.0.1:0")
        sender = AlertSender(server: try await running.waitFor(/address +(http\S+)/))
      }
      #expect(try await sender.send("alert-\(told.count)") == 200)
      told.append("Alert alert-\(told.count)")
      try await Task.sleep(until: start + .milliseconds(100 * told.count))
    }
    // Some came after the kill; how many depends on the machine.
    #expect(told.count > 210)
    try await Receivers.with(at: port) { receivers in
      let back = ContinuousClock.now
      try await expectOnce(told, receivers)
      print("\(told.count) messages, all there \(ContinuousClock.now - back) after the receiver's return")
      try await stop(running)
    }
  }

  /// Failure: Tocsin is restarted in a storm, and the sender repeats everything. Alertmanager lost all 200.
  @Test func `A clean restart during a storm loses nothing, and repeated alerts page nobody twice`() async throws {
    try await Receivers.with(1) { receivers in
      let tocsin = try await configured(url: receivers.url(0))
      let first = try tocsin.start("serve", "--listen", "127.0.0.1:0")
      let sender = AlertSender(server: try await first.waitFor(/address +(http\S+)/))
      async let storm: Void = send(200, sender)
      try await Task.sleep(for: .milliseconds(200))
      try await stop(first)
      await storm
      let second = try tocsin.start("serve", "--listen", "127.0.0.1:0")
      let again = AlertSender(server: try await second.waitFor(/address +(http\S+)/))
      for _ in 0..<2 { await send(200, again) }
      try await expectOnce((0..<200).map { "Alert alert-\($0)" }, receivers)
      try await stop(second)
    }
  }

  /// Failure: the receiver is in trouble of its own for 30 seconds. Alertmanager sent it 3,688 requests for 400 messages.
  @Test func `A receiver that answers 500 for 30 s is not flooded, and gets every message once when it recovers`()
    async throws
  {
    let isBroken = Atomic(true)
    let status: @Sendable () -> Int = { isBroken.load(ordering: .relaxed) ? 500 : 200 }
    try await Receivers.with(1, status: status) { receivers in
      let tocsin = try await configured(url: receivers.url(0))
      let running = try tocsin.start("serve", "--listen", "127.0.0.1:0")
      let sender = AlertSender(server: try await running.waitFor(/address +(http\S+)/))
      let start = ContinuousClock.now
      await send(400, sender)
      try await Task.sleep(until: start + .seconds(30))
      let refused = receivers.requests
      isBroken.store(false, ordering: .relaxed)
      let back = ContinuousClock.now
      try await expectOnce((0..<400).map { "Alert alert-\($0)" }, receivers)
      print("400 messages, \(refused) requests in 30 s, all there \(ContinuousClock.now - back) after the recovery")
      #expect(refused < 400)
      try await stop(running)
    }
  }

  /// Failure: a receiver takes the connection and says nothing while Tocsin is told to stop.
  @Test func `A hanging receiver keeps nobody from a clean stop, and gets the message from the next start`()
    async throws
  {
    let hangs = Atomic(true)
    let titles = Collected<String>()
    try await HTTPReceiver.with(sendersMayDie: true) { request in
      if hangs.load(ordering: .relaxed) { return .hang }
      titles.add(String(decoding: request.body, as: UTF8.self))
      return .status(200)
    } _: { receiver in
      let tocsin = try await configured(url: receiver.url())
      let first = try tocsin.start("serve", "--listen", "127.0.0.1:0")
      let sender = AlertSender(server: try await first.waitFor(/address +(http\S+)/))
      #expect(try await sender.send("hangs") == 200)
      _ = try await eventually("the message is on its way") { receiver.requests.isEmpty ? nil : true }
      let start = ContinuousClock.now
      try await stop(first)
      #expect(ContinuousClock.now - start < .seconds(10))
      hangs.store(false, ordering: .relaxed)
      let second = try tocsin.start("deliver")
      _ = try await eventually("it arrives") { titles.all.isEmpty ? nil : true }
      try await stop(second)
      #expect(titles.all.count == 1 && titles.all[0].contains("hangs"))
    }
  }

  // MARK: -

  private func configured(url: String) async throws -> Program {
    var tocsin = tocsin
    tocsin.environment["TOCSIN_CHANNELS_WEBHOOK_URL"] = url
    let rule = try await tocsin.run("set-notify-rule", "INCIDENT_CRITICAL", "--name", "r", "--channels", "WEBHOOK")
    #expect(rule.status == 0, "\(rule.talk)")
    return tocsin
  }

  /// Sends alerts, eight at a time, and does not mind those that nobody takes.
  private func send(_ count: Int, _ sender: AlertSender) async {
    await withTaskGroup { group in
      for task in 0..<8 {
        group.addTask {
          for number in stride(from: task, to: count, by: 8) { _ = try? await sender.send("alert-\(number)") }
        }
      }
    }
  }

  /// Waits until everything has arrived, and expects that nothing came twice.
  private func expectOnce(_ titles: [String], _ receivers: Receivers) async throws {
    _ = try await eventually("all messages are there", within: 60) {
      Set(receivers.arrived.map(\.title)).isSuperset(of: titles) ? true : nil
    }
    #expect(receivers.arrived.map(\.title).sorted() == titles.sorted())
    #expect(Set(receivers.arrived.map(\.ref)).count == titles.count)
  }

  private func stop(_ running: RunningProgram) async throws {
    running.signal(SIGTERM)
    #expect(try await running.end().status == 0)
  }
}
