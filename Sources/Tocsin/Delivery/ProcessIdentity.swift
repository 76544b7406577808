import Foundation

/// Names a process so that another on the same machine can tell whether it still runs: boot, process namespace, number and
/// start (proc(5)). A number alone may belong to somebody else by now.
enum ProcessIdentity {
  /// Of this process; one that nobody can look up where there is no `/proc`.
  static let current: String = of(getpid()) ?? UUID().uuidString

  /// Whether the process has ended for certain. One of another machine, boot or container is never judged.
  static func hasEnded(_ identity: String) -> Bool {
    let parts = identity.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 4, let id = Int32(parts[2]), id != getpid() || identity != current, let world,
      identity.hasPrefix(world)
    else { return false }
    if kill(id, 0) != 0, errno == ESRCH { return true }
    // One that cannot be looked at is not known to have ended.
    return of(id).map { $0 != identity } ?? false
  }

  private static func of(_ id: Int32) -> String? {
    guard let world, let stat = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8),
      // The name before the last parenthesis may hold anything. The start is field 22, the 20th after it.
      let fields = stat.split(separator: ")").last?.split(separator: " "), fields.count > 19
    else { return nil }
    return "\(world)\(id)/\(fields[19])"
  }

  /// The boot and the namespace that process numbers count in.
  private static let world: String? = {
    guard let boot = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8),
      let namespace = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")
    else { return nil }
    return "\(boot.prefix { $0 != "\n" })/\(namespace)/"
  }()
}
