import Dispatch
import Storage

/// After the first host was away, processes may be on different ones: each went on when it noticed. Locks are each host's
/// own, so they should all come back to the same.
extension MariaDBHosts {
  /// Looks now and then, on a thread of its own, whether the first host is back, and then goes there: connections follow
  /// before their next transaction. Nobody waits for it.
  ///
  /// The host must be no copy that was left behind, as one is that died and that nobody has brought up to date: it has what
  /// this process has committed elsewhere since.
  ///
  /// - Parameters:
  ///   - writer: this process in `tocsin_writer`.
  ///   - number: that it has there since its last commit.
  func goHome(_ writer: String, _ number: Int) {
    guard beginLook() else { return }
    DispatchQueue(label: "tocsin.home", qos: .utility).async {
      self.endLook(isBack: (try? self.isFirstBack(writer, number)) ?? false)
    }
  }

  private func isFirstBack(_ writer: String, _ number: Int) throws -> Bool {
    let connection = try MariaDBConnection(address, address.hosts[0], .writing, limits)
    guard try !connection.isReadOnly, try connection.isSynced, try connection.has(writer, number) else { return false }
    // One whose disk hangs answers everything but a commit. In a row of its own, so that no group is given up for it.
    _ = try connection.execute(
      """
      INSERT INTO tocsin_writer (Writer, Number, At) VALUES (?, 0, utc_timestamp(3))
      ON DUPLICATE KEY UPDATE At = utc_timestamp(3)
      """, [.text(writer + " home")])
    return true
  }
}

/// When it was looked whether the first host is back.
struct HomeLook {
  var isUnderWay = false
  var last = ContinuousClock.now

  mutating func begin(every seconds: Double) -> Bool {
    guard !isUnderWay, .now - last >= .seconds(seconds) else { return false }
    (isUnderWay, last) = (true, .now)
    return true
  }
}

extension MariaDBConnection {
  var isReadOnly: Bool {
    get throws {
      // A number, and from MariaDB 12 on a word.
      let answer = try execute("SELECT @@global.read_only AS IsReadOnly", []).rows.first?.optionalText("IsReadOnly")
      return answer != "0" && answer != "OFF"
    }
  }

  /// Whether it has all that its cluster has, and is busy with nothing else; true where there is no cluster
  /// (https://mariadb.com/kb/en/galera-cluster-status-variables/).
  fileprivate var isSynced: Bool {
    get throws {
      let states = try execute("SHOW GLOBAL STATUS LIKE 'wsrep_local_state_comment'", []).rows
      let state = try states.first?.optionalText("Value") ?? ""
      return state.isEmpty || state == "Synced"
    }
  }

  fileprivate func has(_ writer: String, _ number: Int) throws -> Bool {
    let row = try execute("SELECT Number FROM tocsin_writer WHERE Writer = ?", [.text(writer)]).rows.first
    return try row.map { try $0.integer("Number") >= number } ?? false
  }
}
