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
