import Foundation
import Tocsin

/// 100 incidents, each told to 100 targets at 8 receivers.
enum FanOut {
  static func run() async throws {
    print("\n| messages | posting, per second | sending, per second | attempts | memory before, peak, after, MiB |")
    print("|---|---|---|---|---|")
    try await withFolder { folder in
      var receivers: [Receiver] = []
      for _ in 0..<8 { receivers.append(try await Receiver()) }
      let targets = (0..<100).map { "WEBHOOK:\(receivers[$0 % 8].url)/\($0)" }
      let incidents = try await Delivery.incidents(folder, targets.joined(separator: ","))
      let posting = ContinuousClock.now
      for _ in 0..<100 { try await Delivery.alert(incidents) }
      let posted = (ContinuousClock.now - posting).seconds
      let before = Usage.memory
      let peak = Shared(before)
      let sampler = Task {
        while !Task.isCancelled {
          peak.value.withLock { $0 = max($0, Usage.memory) }
          try await Task.sleep(for: .milliseconds(20))
        }
      }
      let start = ContinuousClock.now
      let sent = try await Delivery.dispatching(incidents) {
        try await eventually(600) { try await Delivery.count(incidents, "SELECT count(*) FROM tocsin_queue") == 0 }
        return (ContinuousClock.now - start).seconds
      }
      sampler.cancel()
      let attempts = try await Delivery.count(incidents, "SELECT count(*) FROM tocsin_attempt")
      let memory = "\(before), \(peak.value.withLock { $0 }), \(Usage.memory)"
      print("| 10000 | \(Int(10_000 / posted)) | \(Int(10_000 / sent)) | \(attempts) | \(memory) |")
      for receiver in receivers { try await receiver.close() }
    }
  }
}
