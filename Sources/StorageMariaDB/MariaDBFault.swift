import CMariaDB
import Storage

/// An error of the server (mariadb.com/kb/en/mariadb-error-code-reference) or of its library (errmsg.h, 2000 to 2999).
struct MariaDBFault: Error {
  let code: UInt32
  let text: String

  /// The transaction is gone, or its connection, or the server is not able to work just now. The same again may well go
  /// through.
  var isWorthAnotherTry: Bool { isConflict || leavesServer || [1040, 1203].contains(code) }

  /// Somebody else changed or held the same rows, here or on another node of a cluster, or changed a table after the
  /// transaction's snapshot was taken (1412).
  var isConflict: Bool { [1213, 1205, 1020, 1180, 1412].contains(code) }

  /// A table was changed since the statement was prepared: it has to be prepared anew.
  var isOfAnOldStatement: Bool { [1615, UInt32(CMARIADB_NEW_COLUMNS)].contains(code) }

  /// What follows wants a new connection, and another host where there is one: this one is lost, is shutting down, is
  /// not part of its cluster's majority (1047), or has become read-only (1290, 1836).
  var leavesServer: Bool {
    [1047, 1053, 1077, 1079, 1290, 1836, 1927, 2002, 2003, 2005, 2006, 2012, 2013, 2014, 2055].contains(code)
  }
}

extension StorageError {
  init(_ fault: MariaDBFault) { self.init(Self.code(of: fault), Self.sentence(for: fault)) }

  private static func code(of fault: MariaDBFault) -> Code {
    switch fault.code {
    case 1022, 1062, 1586: .unique
    case 1216, 1217, 1451, 1452: .foreignKey
    case 1048, 1264, 1265, 1292, 1364, 1366, 1406, 4025: .check
    case 1021, 1114: .full
    case 1142, 1143, 1227, 1290, 1419, 1792, 1836: .readOnly
    case 1034, 1194, 1195, 1712: .corrupt
    case 1044, 1045, 1049, 1130, 1251, 1698, 2026, 2054, 2058, 2059, 2061: .cannotOpen
    case 1317, 1969: .busy
    default: fault.isWorthAnotherTry ? .busy : .other
    }
  }

  private static func sentence(for fault: MariaDBFault) -> String {
    switch fault.code {
    case 1044, 1045, 1698: "the database refuses the user or the password: \(fault.text)"
    case 1049: "the database is not there: \(fault.text). Make it with CREATE DATABASE, and grant the user all on it"
    case 1142, 1143, 1227: "the database's user lacks a right: \(fault.text)"
    case 1419: "the database's user may make no triggers: set log_bin_trust_function_creators=1 on the server"
    case 1290, 1836: "the database cannot be written: the server is read-only"
    case 1021, 1114: "the database's disk is full: nothing was written. Free some space and try again"
    case 2026: "no secure connection to the database: \(fault.text)"
    case _ where fault.isConflict: "the database is busy: others change the same rows. Try again"
    case _ where fault.leavesServer: "the database cannot be reached: \(fault.text). Try again"
    default: fault.text
    }
  }
}
