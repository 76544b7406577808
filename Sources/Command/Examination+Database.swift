import Foundation
import Storage
import Tocsin

extension Examination {
  /// Looks, and changes nothing: a file that is not there is not made, an old schema stays old.
  func database() async -> [Finding] {
    do {
      switch configuration.database {
      case .sqlite(let path):
        guard FileManager.default.fileExists(atPath: path) else {
          return finding(.warning, "not there yet; `tocsin migrate` or `tocsin serve` makes it: \(path)")
        }
        let database = try SQLiteDatabase(path: path)
        if let fault = try await database.faults().first {
          return finding(.error, "the file is damaged: \(fault). Restore the last backup")
        }
        return try await findings(database, "file sound: \(path)")
      case .mariaDB(let address):
        let database = try configuration.database.open()
        let server = try await database.read { try $0.row("SELECT version() AS Version")?.text("Version") }
        return try await findings(database, "server \(server ?? ""): \(address)")
      }
    } catch {
      return finding(.error, Failure(error).message)
    }
  }

  private func findings(_ database: any Database, _ about: String) async throws -> [Finding] {
    let standing = try await database.read { try Migrations.migrator.standing($0) }
    try standing.refuseIfTooNew()
    let (schema, newest) = (standing.schema, standing.known)
    if schema < newest { return finding(.warning, "schema \(schema), newest is \(newest): run tocsin migrate") }
    let isBeside = standing.isNewer
    let incidents = Incidents(
      database: database, channels: configuration.channels, settings: configuration.settings)
    let chains = [timeline(try await incidents.verifyTimeline()), auditLog(try await incidents.verifyAuditLog())]
    let codes = try await incidents.checkNotifyRules().map(finding)
    let findings = await clock(incidents) + chains + outbox(try await incidents.deliveryHealth()) + codes
    if isBeside {
      let words = "schema \(schema) is of a newer Tocsin; this program knows \(newest) and works beside it, \(about)"
      return finding(.warning, words) + findings
    }
    return finding(.ok, "schema \(schema), \(about)") + findings
  }

  private func finding(_ state: Finding.State, _ words: String) -> [Finding] {
    [Finding(subject: "database", state: state, finding: words)]
  }

  /// Claims, silences and reminders follow each server's own clock.
  private func clock(_ incidents: Incidents) async -> [Finding] {
    guard let ahead = try? await incidents.clockLead() else { return [] }
    let isFine = abs(ahead) <= Incidents.tolerableClockLead
    let seconds = String(format: "%.1f", abs(ahead))
    return [
      Finding(
        subject: "clocks", state: isFine ? .ok : .warning,
        finding: isFine
          ? "this machine's and the database's agree"
          : "this machine's is \(seconds) s \(ahead > 0 ? "ahead of" : "behind") the database's: set both by NTP")
    ]
  }

  private func timeline(_ verdict: TimelineVerdict) -> Finding {
    if let fault = verdict.firstFault {
      return Finding(subject: "timeline", state: .error, finding: "event \(fault.seq) \(fault.problem)")
    }
    return Finding(subject: "timeline", state: .ok, finding: "\(verdict.events) events, chain whole")
  }

  private func auditLog(_ verdict: AuditVerdict) -> Finding {
    if let place = verdict.firstFault {
      return Finding(
        subject: "audit log", state: .error, finding: "entry \(place) was changed, removed, added or moved by hand")
    }
    return Finding(subject: "audit log", state: .ok, finding: "\(verdict.entries) entries, chain whole")
  }

  private func outbox(_ health: DeliveryHealth) -> [Finding] {
    [waiting(health), failed(health)] + health.troubles.map(finding)
  }

  private func waiting(_ health: DeliveryHealth) -> Finding {
    guard let oldest = health.oldest else { return Finding(subject: "outbox", state: .ok, finding: "no message waits") }
    let age = Date().timeIntervalSince(oldest)
    let words = "messages that wait: \(health.waiting), the oldest for \(Int(age / 60)) minutes, since "
    let isLate = age > 600
    return Finding(
      subject: "outbox", state: isLate ? .warning : .ok,
      finding: words + JSON.time(oldest) + (isLate ? ". `tocsin serve` must run to send them" : ""))
  }

  private func failed(_ health: DeliveryHealth) -> Finding {
    let isFine = health.failed == 0
    return Finding(
      subject: "failed", state: isFine ? .ok : .warning,
      finding: isFine
        ? "no message of the last day was given up"
        : "messages of the last day that were given up: \(health.failed). `tocsin list-undelivered` says why")
  }

  private func finding(_ check: NotifyCheck) -> Finding {
    let state: Finding.State =
      switch check.state {
      case .sound, .unused: .ok
      case .partial: .warning
      case .broken: .error
      }
    return Finding(subject: "notify \(check.notifyCode)", state: state, finding: check.finding)
  }

  private func finding(_ trouble: DeliveryHealth.Trouble) -> Finding {
    let name = [trouble.channel, trouble.destination].filter { !$0.isEmpty }.joined(separator: " ")
    let since = trouble.failingSince.map { "\(trouble.failures) failures in a row since \(JSON.time($0)); " } ?? ""
    let next = trouble.pausedUntil.map { "tried again at \(JSON.time($0))" } ?? "tried again with the next message"
    return Finding(subject: "destination \(name)", state: .warning, finding: since + next)
  }
}
