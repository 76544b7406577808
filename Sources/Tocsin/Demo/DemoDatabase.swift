import Foundation
import Storage

/// The database as the demo's story writes to it: its clock stands where the story is, and it notes which incidents and
/// alerts are made, in the transaction that makes them.
struct DemoDatabase: Database {
  let base: any Database
  let moment: Date

  var dialect: Dialect { base.dialect }
  var now: @Sendable () -> Date { { [moment] in moment } }

  func read<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
    try await base.read { [moment] in try body(DemoTransaction(base: $0, now: moment)) }
  }

  func write<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
    try await base.write { [moment] base in
      let transaction = DemoTransaction(base: base, now: moment)
      let before = try transaction.madeNow()
      let value = try body(transaction)
      for row in try transaction.madeNow().subtracting(before) {
        try transaction.execute(
          "INSERT INTO tocsin_demo (RowGuid, Kind) VALUES (?, ?)", [.text(row.guid), .text(row.kind.rawValue)])
      }
      return value
    }
  }
}

/// What a row of `tocsin_demo` names.
struct DemoRow: Hashable {
  enum Kind: String {
    case incident = "INCIDENT"
    case alert = "ALERT"
  }

  let kind: Kind
  let guid: String
}

private struct DemoTransaction: Transaction {
  let base: any Transaction
  let now: Date

  var dialect: Dialect { base.dialect }
  var closings: Closings? { base.closings }

  func random() -> UInt64 { base.random() }
  @discardableResult
  func execute(_ sql: String, _ values: [SQLValue]) throws -> Int { try base.execute(sql, values) }
  func rows(_ sql: String, _ values: [SQLValue]) throws -> [Row] { try base.rows(sql, values) }
  func whenCommitted(_ action: @escaping @Sendable () -> Void) { base.whenCommitted(action) }

  func madeNow() throws -> Set<DemoRow> {
    let incidents = try rows("SELECT IncidentGuid FROM data_incident WHERE CreatedAt = ?", [.time(now)])
    let alerts = try rows("SELECT AlertGuid FROM data_alert WHERE FirstSeenAt = ?", [.time(now)])
    return Set(try incidents.map { DemoRow(kind: .incident, guid: try $0.text("IncidentGuid")) })
      .union(try alerts.map { DemoRow(kind: .alert, guid: try $0.text("AlertGuid")) })
  }
}
