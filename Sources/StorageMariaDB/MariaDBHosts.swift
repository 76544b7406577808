import Storage
import Synchronization

/// The servers of one database: all connections of a process go to the same one while it works.
final class MariaDBHosts: Sendable {
  private let address: MariaDBAddress
  private let limits: MariaDBLimits
  private let first = Mutex(0)

  init(_ address: MariaDBAddress, _ limits: MariaDBLimits) {
    self.address = address
    self.limits = limits
  }

  /// A connection to the first host that answers and, if any of them does, takes writes.
  ///
  /// - Throws: ``MariaDBFault`` of the last one.
  func connect(_ purpose: MariaDBConnection.Purpose) throws -> MariaDBConnection {
    let start = first.withLock { $0 }
    var (readOnly, fault) = ((MariaDBConnection, Int)?.none, MariaDBFault?.none)
    for offset in address.hosts.indices {
      let index = (start + offset) % address.hosts.count
      do {
        let connection = try MariaDBConnection(address, address.hosts[index], purpose, limits)
        if try connection.isReadOnly {
          readOnly = readOnly ?? (connection, index)
          continue
        }
        first.withLock { $0 = index }
        return connection
      } catch let error as MariaDBFault {
        fault = error
      }
    }
    guard let readOnly else { throw fault! }
    guard purpose == .reading else { throw MariaDBFault(code: 1290, text: "read-only") }
    return readOnly.0
  }

  /// The next connection begins with another host, unless some other one has found a better by now.
  func leave(_ host: MariaDBAddress.Host) {
    first.withLock { if address.hosts[$0] == host { $0 = ($0 + 1) % address.hosts.count } }
  }
}

extension MariaDBConnection {
  fileprivate var isReadOnly: Bool {
    get throws {
      // A number, and from MariaDB 12 on a word.
      let answer = try execute("SELECT @@global.read_only AS IsReadOnly", []).rows.first?.optionalText("IsReadOnly")
      return answer != "0" && answer != "OFF"
    }
  }
}
