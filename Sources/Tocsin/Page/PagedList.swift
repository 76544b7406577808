import Storage

/// A list as SQL: what it selects and how it is ordered.
struct PagedList: Sendable {
  /// A column that the list is ordered by.
  struct Key: Sendable {
    enum Kind { case text, time, integer }

    /// With its table's name before it, where several have such a column.
    let column: String
    let kind: Kind

    static func text(_ column: String) -> Key { Key(column: column, kind: .text) }
    static func time(_ column: String) -> Key { Key(column: column, kind: .time) }
    static func integer(_ column: String) -> Key { Key(column: column, kind: .integer) }

    /// Its name in the answer.
    var name: String { column.split(separator: ".").last.map(String.init) ?? column }
  }

  struct Condition: Sendable {
    let sql: String
    let values: [SQLValue]

    init(_ sql: String, _ values: [SQLValue] = []) {
      self.sql = sql
      self.values = values
    }
  }

  /// A cursor of one list is none of another: with the incident's guid, for what belongs to one.
  let name: String
  /// Everything before WHERE.
  let select: String
  /// All must hold.
  var conditions: [Condition] = []
  /// One must hold, when there are any, and no two can. Each has its own walk along an index, where OR would read and sort
  /// everything.
  var alternatives: [Condition] = []
  /// Together unique, and never changed after the row was written: then a row that is inserted or updated meanwhile neither
  /// shifts a page nor shows up twice.
  let order: [Key]
  var isDescending = false
}

extension PagedList {
  /// The query, from the row after the one with the keys `start`, up to so many rows.
  func query(after start: [SQLValue]? = nil, limit: Int? = nil) -> Condition {
    let common = conditions + (start.map { [following($0)] } ?? [])
    if alternatives.isEmpty { return query(common, limit) }
    let parts = alternatives.map { query([$0] + common, limit) }
    if parts.count == 1 { return parts[0] }
    let union = parts.map { "SELECT * FROM (\($0.sql)) AS part" }.joined(separator: " UNION ALL ")
    return limited(union + orderBy(\.name), parts.flatMap(\.values), limit)
  }

  private func query(_ conditions: [Condition], _ limit: Int?) -> Condition {
    let filter = conditions.isEmpty ? "" : " WHERE " + conditions.map(\.sql).joined(separator: " AND ")
    return limited(select + filter + orderBy(\.column), conditions.flatMap(\.values), limit)
  }

  private func limited(_ sql: String, _ values: [SQLValue], _ limit: Int?) -> Condition {
    limit.map { Condition(sql + " LIMIT ?", values + [.integer($0)]) } ?? Condition(sql, values)
  }

  private var sign: String { isDescending ? "<" : ">" }

  private func orderBy(_ name: (Key) -> String) -> String {
    " ORDER BY " + order.map { name($0) + (isDescending ? " DESC" : "") }.joined(separator: ", ")
  }

  /// SQLite seeks by the first half of the condition; MariaDB, whose optimizer sees no range in it, by the second.
  private func following(_ start: [SQLValue]) -> Condition {
    if order.count == 1 { return Condition("\(order[0].column) \(sign) ?", start) }
    let columns = order.map(\.column).joined(separator: ", ")
    let binds = order.map { _ in "?" }.joined(separator: ", ")
    return Condition("(\(columns)) \(sign) (\(binds)) AND \(order[0].column) \(sign)= ?", start + [start[0]])
  }
}

extension Transaction {
  /// One page of `list`. It costs a walk along an index over as many rows as the page has, however far it is from the start.
  ///
  /// - Throws: ``Failure`` with code `invalid` for a limit below 1 or a cursor that is none of this list.
  func page<Item>(_ list: PagedList, _ request: PageRequest, _ item: (Row) throws -> Item) throws -> Page<Item> {
    if request.limit < 1 { throw Failure.invalid("limit", "is \(request.limit); it takes 1 or more") }
    let start = try request.cursor.map { try list.keys(inCursor: $0) }
    // One more than asked for tells whether there is a next page.
    let query = list.query(after: start, limit: min(request.limit, .max - 1) + 1)
    let rows = try rows(query.sql, query.values)
    let page = rows.prefix(request.limit)
    let next = rows.count > page.count ? try page.last.map(list.cursor) : nil
    return Page(items: try page.map(item), nextCursor: next)
  }

  /// The whole of `list`.
  func all<Item>(_ list: PagedList, _ item: (Row) throws -> Item) throws -> [Item] {
    let query = list.query()
    return try rows(query.sql, query.values).map(item)
  }
}
