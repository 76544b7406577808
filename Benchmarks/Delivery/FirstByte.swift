import AsyncHTTPClient
import Foundation
import GRDB
import NIOCore
import Tocsin

/// From the decision to tell somebody to the moment at which the receiver has read the request, one at a time.
enum FirstByte {
  private static let sends = 500

  static func run() async throws {
    let receiver = try await Receiver()
    print("\n| to the receiver's last byte read | sends | p50 ms | p99 ms | max ms | p50, ratio to the baseline |")
    print("|---|---|---|---|---|---|")
    let bare = try await bare(receiver)
    bare.printTimes("bare SQLite commit and bare HTTP POST (baseline)", baseline: bare)
    if AlertmanagerPeer.isInstalled {
      try await alertmanager(receiver).printTimes("Alertmanager, nothing on disk", baseline: bare)
    }
    try await notify(receiver).printTimes("`notify`", baseline: bare)
    try await dispatch(receiver).printTimes("alert in, `Dispatcher`", baseline: bare)
    try await receiver.close()
  }

  private static func bare(_ receiver: Receiver) async throws -> Timing {
    try await withFolder { folder in
      let queue = try Baseline.open(folder)
      return try await measure(receiver) { _ in
        try Baseline.insert(queue)
        var request = HTTPClientRequest(url: receiver.url)
        request.method = .POST
        request.body = .bytes(ByteBuffer(repeating: UInt8(ascii: "x"), count: 1000))
        _ = try await HTTPClient.shared.execute(request, timeout: .seconds(10)).body.collect(upTo: 1000)
      }
    }
  }

  private static func alertmanager(_ receiver: Receiver) async throws -> Timing {
    try await withFolder { folder in
      let peer = try await AlertmanagerPeer(folder, receiver)
      defer { peer.end() }
      return try await measure(receiver) { try await peer.add("alert\($0)") }
    }
  }

  private static func notify(_ receiver: Receiver) async throws -> Timing {
    try await withFolder { folder in
      let incidents = try await Delivery.incidents(folder, "WEBHOOK:\(receiver.url)")
      let ids = try await (0..<sends + 20).asyncMap { number in
        try await incidents.create(title: "Number \(number)", severity: .critical, package: "DATABASE").incidentGuid
      }
      return try await measure(receiver) { try await incidents.notify(ids[$0], notifyCode: "INCIDENT_CRITICAL") }
    }
  }

  private static func dispatch(_ receiver: Receiver) async throws -> Timing {
    try await withFolder { folder in
      let incidents = try await Delivery.incidents(folder, "WEBHOOK:\(receiver.url)")
      return try await Delivery.dispatching(incidents) {
        try await measure(receiver) { _ in try await Delivery.alert(incidents) }
      }
    }
  }

  /// The first 20 are for warming up. Each begins when all is quiet again.
  private static func measure(_ receiver: Receiver, _ send: (Int) async throws -> Void) async throws -> Timing {
    var runs: [Double] = []
    for number in 0..<sends + 20 {
      let before = receiver.log.requests
      let start = ContinuousClock.now
      try await send(number)
      try await eventually(10) { receiver.log.requests > before }
      if number >= 20 { runs.append((receiver.log.lastAt - start).seconds) }
      try await Task.sleep(for: .milliseconds(5))
    }
    return Timing(runs: runs, total: runs.reduce(0, +))
  }
}

extension Sequence {
  fileprivate func asyncMap<T>(_ transform: (Element) async throws -> T) async rethrows -> [T] {
    var values: [T] = []
    for element in self { values.append(try await transform(element)) }
    return values
  }
}
