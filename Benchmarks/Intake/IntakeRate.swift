import Foundation

/// Alerts a second over HTTP, one in each request, beside Debian's Alertmanager, which keeps nothing on disk, and beside rows
/// of the same size written straight into SQLite, as many to a commit as there are connections.
enum IntakeRate {
  private static let connections = [1, 32, 256]
  /// Of one run.
  private static let seconds = 4

  static func run() async throws {
    guard Wrk.isInstalled else { throw BenchmarkFault("wrk is missing: apt-get install wrk") }
    guard TocsinPeer.isBuilt else { throw BenchmarkFault("tocsin is missing beside this program: bin/build") }
    printHeadings()
    for connections in connections { try await bare(connections) }
    if AlertmanagerPeer.isInstalled {
      for connections in connections { try await alertmanager("no receiver", nil, connections) }
      let receiver = try await Receiver()
      for connections in connections { try await alertmanager("a receiver", receiver, connections) }
      try await receiver.close()
    }
    for severity in ["warning", "critical"] {
      for connections in connections {
        try await withFolder { try await tocsin(severity, connections, "sqlite:\($0)/tocsin.db") }
      }
    }
  }

  static func printHeadings() {
    print("\n| alerts in | connections | distinct/s | p50 ms | p99 ms | repeated/s | p50 ms | p99 ms | not 2xx |")
    print("|---|---|---|---|---|---|---|---|---|")
  }

  private static func bare(_ connections: Int) async throws {
    try await withFolder { folder in
      let rate = try AlertRows.perSecond(folder, rowsPerCommit: connections, seconds: Double(seconds))
      print("| bare SQLite, equal rows, one commit for all (baseline) | \(connections) | \(rate) | | | | | | |")
    }
  }

  private static func alertmanager(_ what: String, _ receiver: Receiver?, _ connections: Int) async throws {
    try await withFolder { folder in
      let peer = try await AlertmanagerPeer(folder, receiver)
      defer { peer.end() }
      try await row("Alertmanager, \(what), nothing on disk", peer.url + "/api/v2/alerts", "critical", connections)
    }
  }

  static func tocsin(_ severity: String, _ connections: Int, _ database: String) async throws {
    let peer = try await TocsinPeer(database)
    defer { peer.end() }
    let what = severity == "critical" ? "joins an incident" : "is kept"
    let url = peer.url + "/in/alertmanager/api/v2/alerts"
    try await row("Tocsin, durable, the alert \(what)", url, severity, connections)
  }

  private static func row(_ what: String, _ url: String, _ severity: String, _ connections: Int) async throws {
    let distinct = try await Wrk.run(url, severity, isDistinct: true, connections, seconds)
    let repeated = try await Wrk.run(url, severity, isDistinct: false, connections, seconds)
    let refused = distinct.refused + repeated.refused
    print("| \(what) | \(connections) | \(distinct.cells) | \(repeated.cells) | \(refused) |")
  }
}
