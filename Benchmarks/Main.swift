import Foundation
import Logging
import Storage
import Tocsin

/// Measures the library against bare SQLite in the same run, how its cost grows with the number of incidents, and delivery.
///
///     swift run -c release Benchmarks [LARGEST] [PART…] [--hang SECONDS | --at mariadb://USER@HOST:PORT/mysql]
///
/// Parts are `library`, `intake`, `intake-growth`, `mariadb`, `first-byte`, `fan-out`, `backlog`, `isolation` and `outage`; by
/// default all. `--at` names a MariaDB that runs already, and somebody who may make databases there.
/// Absolute figures depend on the machine and on what else it does; compare the ratios.
@main
enum Main {
  static func main() async throws {
    LoggingSystem.bootstrap { _ in SwiftLogNoOpLogHandler() }
    var words = Array(CommandLine.arguments.dropFirst())
    func option(_ name: String) -> String? {
      guard let place = words.firstIndex(of: name), place + 1 < words.count else { return nil }
      defer { words.removeSubrange(place...place + 1) }
      return words[place + 1]
    }
    let hang = option("--hang").flatMap(Double.init) ?? 60
    let mariaDB = option("--at")
    let largest = words.first.flatMap { Int($0) } ?? 100_000
    let parts = Set(words.filter { Int($0) == nil })
    func wants(_ part: String) -> Bool { parts.isEmpty || parts.contains(part) }
    if wants("library") { try await library(largest) }
    if wants("intake") { try await IntakeRate.run() }
    if wants("intake-growth") { try await IntakeGrowth.run(largest) }
    if wants("mariadb") { try await MariaDBRate.run(largest, at: mariaDB) }
    if wants("first-byte") { try await FirstByte.run() }
    if wants("fan-out") { try await FanOut.run() }
    if wants("backlog") { try await Backlog.run(largest) }
    if wants("isolation") { try await Isolation.run(hang) }
    if wants("outage") { try await Outage.run() }
  }

  private static func library(_ largest: Int) async throws {
    print("| what | concurrency | per second | p50 ms | p99 ms | ratio to the baseline |")
    print("|---|---|---|---|---|---|")
    let baseline = try Baseline.durableInserts()
    baseline.printRow("bare SQLite: 1 row, 1 durable commit (baseline)", concurrency: 1, baseline: baseline)
    try await Writes.run(baseline)
    print("\n| incidents | \(Reads.headings.joined(separator: " | ")) |")
    print("|---|" + String(repeating: "---|", count: Reads.headings.count))
    for size in [10_000, 100_000, 1_000_000] where size <= largest { try await Reads.run(size) }
  }
}

/// A folder that goes with the process's end of its use.
func withFolder<T>(_ body: (String) async throws -> T) async throws -> T {
  let folder = FileManager.default.temporaryDirectory.appending(path: "tocsin-benchmark-\(UUID())").path
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try await body(folder)
}

/// How long many runs of one thing took.
struct Timing: Sendable {
  /// Seconds, one entry a run.
  var runs: [Double]
  /// Seconds from the first start to the last end.
  var total: Double

  var perSecond: Double { Double(runs.count) / total }

  /// Milliseconds under which `share` of the runs stayed.
  func percentile(_ share: Double) -> Double {
    let sorted = runs.sorted()
    return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))] * 1000
  }

  func printRow(_ what: String, concurrency: Int, baseline: Timing) {
    let ratio = String(format: "%.2f", perSecond / baseline.perSecond)
    let times = [percentile(0.5), percentile(0.99)].map { String(format: "%.2f", $0) }
    print("| \(what) | \(concurrency) | \(Int(perSecond)) | \(times[0]) | \(times[1]) | \(ratio) |")
  }

  /// Runs `body` over and over for `seconds` in each of `concurrency` tasks.
  static func measure(
    concurrency: Int, seconds: Double, _ body: @escaping @Sendable () async throws -> Void
  ) async throws -> Timing {
    let start = ContinuousClock.now
    let end = start + .seconds(seconds)
    let runs = try await withThrowingTaskGroup(of: [Double].self) { group in
      for _ in 0..<concurrency {
        group.addTask {
          var runs: [Double] = []
          while ContinuousClock.now < end {
            let began = ContinuousClock.now
            try await body()
            runs.append((ContinuousClock.now - began).seconds)
          }
          return runs
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    return Timing(runs: runs, total: (ContinuousClock.now - start).seconds)
  }
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
