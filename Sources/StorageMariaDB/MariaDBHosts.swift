import Storage
import Synchronization

/// The servers of one database: all connections of a process go to the same one while it works, and back to the first when
/// that works again.
final class MariaDBHosts: Sendable {
  let address: MariaDBAddress
  let limits: MariaDBLimits
  private let state: Mutex<State>

  private struct State {
    var first = 0
    /// How often each was left.
    var departures: [MariaDBAddress.Host: Int] = [:]
    var look = HomeLook()

    mutating func leave(_ host: MariaDBAddress.Host, of hosts: [MariaDBAddress.Host]) {
      departures[host, default: 0] += 1
      guard hosts[first] == host else { return }
      first = (first + 1) % hosts.count
      look.last = .now
    }
  }

  init(_ address: MariaDBAddress, _ limits: MariaDBLimits) {
    self.address = address
    self.limits = limits
    state = Mutex(State())
  }

  /// A connection to the first host that answers and, if any of them does, takes writes.
  ///
  /// - Throws: ``MariaDBFault`` of the last one.
  func connect(_ purpose: MariaDBConnection.Purpose) throws -> MariaDBConnection {
    let start = state.withLock { $0.first }
    var (readOnly, fault) = (MariaDBConnection?.none, MariaDBFault?.none)
    for offset in address.hosts.indices {
      let index = (start + offset) % address.hosts.count
      let host = address.hosts[index]
      do {
        let departures = departures(from: host)
        let connection = try MariaDBConnection(address, host, purpose, limits)
        connection.departures = departures
        if try connection.isReadOnly {
          readOnly = readOnly ?? connection
          continue
        }
        // Unless it was left meanwhile.
        state.withLock { if $0.departures[host] ?? 0 == departures { $0.first = index } }
        return connection
      } catch let error as MariaDBFault {
        if error.leavesServer { leave(host) }
        fault = error
      }
    }
    guard let readOnly else { throw fault! }
    guard purpose == .reading else { throw MariaDBFault(code: 1290, text: "read-only") }
    return readOnly
  }

  /// The next connection begins with another host, unless some other one has found a better by now.
  func leave(_ host: MariaDBAddress.Host) { state.withLock { $0.leave(host, of: address.hosts) } }

  /// Whether its host was left after it was opened. On one that fell silent, each connection would have to wait in vain.
  func wasLeft(_ connection: MariaDBConnection) -> Bool { connection.departures != departures(from: connection.host) }

  private func departures(from host: MariaDBAddress.Host) -> Int { state.withLock { $0.departures[host] ?? 0 } }

  /// Whether somebody has to look now whether the first host is back.
  func beginLook() -> Bool {
    state.withLock { $0.first != 0 && $0.look.begin(every: limits.homeSeconds) }
  }

  /// Leaves the host at hand for the first one, if that is back.
  func endLook(isBack: Bool) {
    state.withLock { state in
      state.look.isUnderWay = false
      guard isBack, state.first != 0 else { return }
      state.departures[address.hosts[state.first], default: 0] += 1
      state.first = 0
    }
  }
}
