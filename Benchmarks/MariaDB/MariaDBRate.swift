import Foundation
import Tocsin

/// Writing and reading on MariaDB, beside a bare prepared INSERT on the same server.
enum MariaDBRate {
  /// - Parameter address: of a server that runs already; nil for one of our own.
  static func run(_ largest: Int, at address: String?) async throws {
    guard address != nil || MariaDBPeer.isInstalled else {
      throw BenchmarkFault("mariadbd is missing: apt-get install mariadb-server")
    }
    try await withFolder { folder in
      let peer = if let address { try MariaDBPeer(at: address) } else { try await MariaDBPeer(folder) }
      defer { peer.end() }
      print("\nMariaDB \(try await peer.version())\n")
      try await writes(peer)
      try await severalServers(peer)
      try await intake(peer)
      print("\n| incidents | \(Reads.headings.joined(separator: " | ")) |")
      print("|---|" + String(repeating: "---|", count: Reads.headings.count))
      for size in [10_000, 100_000, 1_000_000] where size <= largest {
        try await peer.withDatabase { try await Reads.run(size, $0) }
      }
      try await peer.withDatabase { try await IntakeGrowth.run(largest, $0) }
    }
  }

  private static func writes(_ peer: MariaDBPeer) async throws {
    print("| what | concurrency | per second | p50 ms | p99 ms | ratio to the baseline |")
    print("|---|---|---|---|---|---|")
    var baseline: Timing?
    for connections in [1, 32, 128] {
      try await peer.withDatabase {
        let timing = try await BareRows.inserts($0, connections: connections, seconds: 3)
        baseline = baseline ?? timing
        timing.printRow("bare prepared INSERT, 1 row a commit", concurrency: connections, baseline: baseline ?? timing)
      }
    }
    guard let baseline else { return }
    try await Writes.run(baseline) { body in try await peer.withDatabase(body) }
  }

  /// Servers on one database, each with connections of its own, which append to one chain.
  private static func severalServers(_ peer: MariaDBPeer) async throws {
    print("\n| servers | concurrency of each | incidents per second, all | alerts kept per second, all |")
    print("|---|---|---|---|")
    for count in [1, 2, 4] {
      var rates: [Int] = []
      for makesIncident in [true, false] {
        try await peer.withDatabase { place in
          var servers: [Incidents] = []
          for _ in 0..<count { servers.append(try await Incidents.open(place)) }
          rates.append(try await rate(servers, makesIncident: makesIncident))
        }
      }
      print("| \(count) | 64 | \(rates[0]) | \(rates[1]) |")
    }
  }

  private static func rate(_ servers: [Incidents], makesIncident: Bool) async throws -> Int {
    try await withThrowingTaskGroup(of: Int.self) { group in
      for server in servers {
        group.addTask {
          let timing = try await Timing.measure(concurrency: 64, seconds: 4) {
            if makesIncident {
              try await server.create(title: "Database down", severity: .low, package: "P")
            } else {
              try await server.receive([IntakeGrowth.alert("\(UUID())")])
            }
          }
          return Int(timing.perSecond)
        }
      }
      return try await group.reduce(0, +)
    }
  }

  /// Over HTTP, by `tocsin serve`.
  private static func intake(_ peer: MariaDBPeer) async throws {
    guard Wrk.isInstalled, TocsinPeer.isBuilt else {
      throw BenchmarkFault("wrk or tocsin is missing: apt-get install wrk; bin/build")
    }
    IntakeRate.printHeadings()
    for severity in ["warning", "critical"] {
      for connections in [1, 32, 256] {
        try await peer.withDatabase { try await IntakeRate.tocsin(severity, connections, $0) }
      }
    }
  }
}
