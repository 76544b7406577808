import Foundation
import Synchronization

/// How many clients are connected.
final class Connections: Sendable {
  /// What a newcomer is.
  enum Place {
    case regular
    /// One too many: may only ask whether we are alive.
    case spare
  }

  private let most: Int
  private let spare: Int
  private let open = Atomic(0)

  init(most: Int, spare: Int) {
    self.most = most
    self.spare = spare
  }

  /// nil when there is no place left. Otherwise ``leave()`` gives it back.
  func enter() -> Place? {
    let count = open.add(1, ordering: .relaxed).newValue
    if count <= most { return .regular }
    if count <= most + spare { return .spare }
    leave()
    return nil
  }

  func leave() { open.subtract(1, ordering: .relaxed) }

  /// Asks the system for as many open files as `connections` need, and some for ourselves.
  ///
  /// - Returns: how many connections there can be.
  static func allow(_ connections: Int) -> Int {
    /// The database, channels, the log, and each connection that is just being refused.
    let ours = 256
    var limit = rlimit()
    let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard getrlimit(files, &limit) == 0 else { return connections }
    let wanted = rlim_t(connections + ours)
    if limit.rlim_cur < wanted {
      var more = rlimit(rlim_cur: min(wanted, limit.rlim_max), rlim_max: limit.rlim_max)
      if setrlimit(files, &more) == 0 { limit = more }
    }
    return limit.rlim_cur >= wanted ? connections : max(16, Int(limit.rlim_cur) - ours)
  }
}
