import Foundation
import Tocsin

/// Messages on one channel while all workers of another one hang.
enum Isolation {
  /// Alerts a second, each told on both channels.
  private static let rate = 10.0
  /// So many that none is given a rest before all workers hang.
  private static let hanging = 32

  static func run(_ seconds: Double) async throws {
    print(
      "\n| a channel hangs for, s | hanging requests | messages on the other | alert in to accepted, p50 ms | p95 ms "
        + "| max ms |")
    print("|---|---|---|---|---|---|")
    try await withFolder { folder in
      var receivers: [Receiver] = []
      for _ in 0..<hanging { receivers.append(try await Receiver(.never)) }
      let inbox = Inbox()
      let hooks = receivers.map { "WEBHOOK:\($0.url)" }
      let incidents = try await Delivery.incidents(
        folder, (hooks + ["EMAIL:oncall@example.com"]).joined(separator: ","), [inbox])
      var posted: [String: ContinuousClock.Instant] = [:]
      // The process ends with the benchmark: its hanging requests are not waited for.
      let dispatcher = Task { await Dispatcher(incidents).run() }
      defer { dispatcher.cancel() }
      let start = ContinuousClock.now
      while (ContinuousClock.now - start).seconds < seconds {
        let name = UUID().uuidString
        posted[name] = .now
        try await Delivery.alert(incidents, name)
        try await Task.sleep(until: start + .seconds(Double(posted.count) / rate), clock: .continuous)
      }
      try await eventually(60) { inbox.accepted.count == posted.count }
      let runs = inbox.accepted.compactMap { name, time in posted[name].map { (time - $0).seconds } }
      let timing = Timing(runs: runs, total: seconds)
      let requests = receivers.reduce(0) { $0 + $1.log.requests }
      let cells = [0.5, 0.95, 1].map { String(format: "%.1f", timing.percentile($0)) }
      print("| \(Int(seconds)) | \(requests) | \(runs.count) | \(cells.joined(separator: " | ")) |")
    }
  }
}

/// A channel that accepts whatever it gets, and notes when.
private struct Inbox: Tocsin.Channel {
  static let about = ChannelInfo(name: "EMAIL", summary: "Accepts.", target: "anything", settings: [])

  /// By the incident's title.
  private let state = Shared<[String: ContinuousClock.Instant]>([:])
  var accepted: [String: ContinuousClock.Instant] { state.value.withLock { $0 } }

  init() {}
  init(settings: [String: String]) {}

  var defaultTarget: String? { nil }
  func fault(inTarget target: String) -> String? { nil }
  func probe() async -> String? { nil }

  func send(_ message: OutboundMessage) async throws(SendFailure) -> Receipt {
    state.value.withLock { $0[message.incident.title] = .now }
    return Receipt(externalId: message.communicationGuid)
  }
}
