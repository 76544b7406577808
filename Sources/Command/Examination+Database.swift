import Foundation
import Storage
import Tocsin

extension Examination {
  /// Looks, and changes nothing: a file that is not there is not made, an old one stays old.
  func database() async -> [Finding] {
    guard FileManager.default.fileExists(atPath: configuration.database) else {
      return finding(.warning, "not there yet; it is made by the first command: \(configuration.database)")
    }
    do {
      let database = try SQLiteDatabase(path: configuration.database)
      if let fault = try await database.faults().first {
        return finding(.error, "the file is damaged: \(fault). Restore the last backup")
      }
      let (schema, newest) = (try await database.read(Migrations.migrator.version), Migrations.migrator.newest)
      if schema > newest {
        return finding(.error, "schema \(schema) is of a newer Tocsin; this program knows \(newest). Use the newer one")
      }
      if schema < newest { return finding(.warning, "schema \(schema), newest is \(newest): run tocsin migrate") }
      let sound = finding(.ok, "schema \(schema), file sound: \(configuration.database)")
      let verdict = try await Incidents(database: database).verifyTimeline()
      return sound + [timeline(verdict), outbox(try await database.read { try $0.queue() })]
    } catch {
      return finding(.error, Failure(error).message)
    }
  }

  private func finding(_ state: Finding.State, _ words: String) -> [Finding] {
    [Finding(subject: "database", state: state, finding: words)]
  }

  private func timeline(_ verdict: TimelineVerdict) -> Finding {
    if let fault = verdict.firstFault {
      return Finding(subject: "timeline", state: .error, finding: "event \(fault.seq) \(fault.problem)")
    }
    return Finding(subject: "timeline", state: .ok, finding: "\(verdict.events) events, chain whole")
  }

  private func outbox(_ queue: Queue) -> Finding {
    guard let oldest = queue.oldest else { return Finding(subject: "outbox", state: .ok, finding: "no message waits") }
    let words = "messages that wait: \(queue.waiting), the oldest for \(Int(queue.age / 60)) minutes, since "
    let isLate = queue.age > 600
    return Finding(
      subject: "outbox", state: isLate ? .warning : .ok,
      finding: words + JSON.time(oldest) + (isLate ? ". `tocsin serve` must run to send them" : ""))
  }
}

/// Messages on their way out.
private struct Queue {
  let waiting: Int
  let oldest: Date?
  /// Of the oldest, in seconds.
  let age: Double
}

extension Transaction {
  fileprivate func queue() throws -> Queue {
    let row = try row("SELECT count(*) AS Waiting, min(QueuedAt) AS Oldest FROM tocsin_queue")
    let oldest = try row?.optionalTime("Oldest")
    return Queue(
      waiting: try row?.integer("Waiting") ?? 0, oldest: oldest, age: oldest.map { now.timeIntervalSince($0) } ?? 0)
  }
}
