import Foundation
import Storage
import Tocsin

/// One thing that `doctor` looked at.
struct Finding: Encodable {
  enum State: String, Encodable {
    case ok
    case warning
    case error
  }

  let subject: String
  let state: State
  /// What was found, and what to do about it.
  let finding: String
}

/// What `doctor` looks at.
struct Examination {
  let configuration: Configuration

  init(_ configuration: Configuration) { self.configuration = configuration }

  func findings() async -> [Finding] {
    var findings = [
      Finding(subject: "configuration", state: .ok, finding: configuration.file ?? "no file; environment and defaults"),
      clock(),
    ]
    if case .sqlite(let path) = configuration.database { findings += [disk(path), permissions(path)] }
    findings += await database()
    for channel in configuration.channels { findings.append(await finding(channel)) }
    if configuration.channels.isEmpty {
      findings.append(
        Finding(
          subject: "channels", state: .warning, finding: "none is configured: nobody will be told (docs/channels.md)"))
    }
    return findings
  }

  /// REFs and the order of events follow the clock.
  private func clock() -> Finding {
    let now = Date()
    // Nothing was built before this year; a clock without power starts in 1970 or 2000.
    let isPlausible = UTC.day(now) >= "2026-01-01" && UTC.day(now) < "2100-01-01"
    return Finding(
      subject: "clock", state: isPlausible ? .ok : .error,
      finding: JSON.time(now) + (isPlausible ? "" : ": this cannot be right; set the clock (timedatectl)"))
  }

  private func disk(_ path: String) -> Finding {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    guard let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder),
      let free = (attributes[.systemFreeSize] as? NSNumber)?.int64Value
    else { return Finding(subject: "disk", state: .warning, finding: "\(folder) does not exist yet") }
    let megabytes = free / 1_000_000
    let state: Finding.State = megabytes < 100 ? .error : megabytes < 1000 ? .warning : .ok
    return Finding(subject: "disk", state: state, finding: "\(megabytes) MB free in \(folder)")
  }

  private func permissions(_ path: String) -> Finding {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    guard let mode = (attributes?[.posixPermissions] as? NSNumber)?.intValue else {
      return Finding(subject: "permissions", state: .ok, finding: "the database file is not there yet")
    }
    guard mode & 0o077 == 0 else {
      let words = "others on this machine can open the database: chmod 600 \(path)"
      return Finding(subject: "permissions", state: .warning, finding: words)
    }
    return Finding(subject: "permissions", state: .ok, finding: "only its owner can open the database")
  }

  private func finding(_ channel: any Channel) async -> Finding {
    let fault = await channel.probe()
    return Finding(
      subject: "channel \(type(of: channel).about.name)", state: fault == nil ? .ok : .error,
      finding: fault ?? "reachable")
  }
}
