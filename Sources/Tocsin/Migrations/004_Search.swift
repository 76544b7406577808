import Storage

extension Migration {
  /// Full-text search over title, description, notes and messages, kept by triggers so that rows written by hand are
  /// found as well. The index holds words only, not a second copy of the text.
  static let search = Migration(4, "search", worksBeside: 4) { dialect in
    switch dialect {
    case .sqlite:
      [
        """
        CREATE TABLE tocsin_search_entry (
          Id INTEGER PRIMARY KEY,
          RowGuid TEXT NOT NULL UNIQUE,
          IncidentGuid TEXT NOT NULL
        )
        """,
        "CREATE VIRTUAL TABLE tocsin_search USING fts5(Body, content='', tokenize='unicode61 remove_diacritics 2')",
      ]
        + searchTriggers("data_incident", key: "IncidentGuid", text: ["Title", "Description"])
        + searchTriggers("data_incident_note", key: "NoteGuid", text: ["Content"])
        + searchTriggers("data_incident_communication", key: "CommunicationGuid", text: ["Message"])
    case .mariadb: searchOnMariaDB
    }
  }

  static func searchTriggers(
    _ table: String, key: String, text: [String], folded: (String) -> String = { $0 }
  ) -> [String] {
    func plain(_ row: String) -> String {
      text.map { "coalesce(\(row).\($0), '')" }.joined(separator: " || ' ' || ")
    }
    func body(_ row: String) -> String { folded(plain(row)) }
    func id(_ row: String) -> String { "(SELECT Id FROM tocsin_search_entry WHERE RowGuid = \(row).\(key))" }
    func forget(_ row: String) -> String {
      "INSERT INTO tocsin_search (tocsin_search, rowid, Body) VALUES ('delete', \(id(row)), \(body(row)));"
    }
    func index(_ row: String, as id: String) -> String {
      "INSERT INTO tocsin_search (rowid, Body) VALUES (\(id), \(body(row)));"
    }
    let moves =
      key == "IncidentGuid"
      ? []
      : [
        """
        CREATE TRIGGER \(table)_search_move AFTER UPDATE OF IncidentGuid ON \(table) BEGIN
          UPDATE tocsin_search_entry SET IncidentGuid = new.IncidentGuid WHERE RowGuid = new.\(key);
        END
        """
      ]
    return [
      """
      CREATE TRIGGER \(table)_search_insert AFTER INSERT ON \(table) BEGIN
        INSERT INTO tocsin_search_entry (RowGuid, IncidentGuid) VALUES (new.\(key), new.IncidentGuid);
        \(index("new", as: "last_insert_rowid()"))
      END
      """,
      """
      CREATE TRIGGER \(table)_search_update AFTER UPDATE OF \(text.joined(separator: ", ")) ON \(table)
      WHEN \(plain("old")) IS NOT \(plain("new")) BEGIN
        \(forget("old"))
        \(index("new", as: id("new")))
      END
      """,
      """
      CREATE TRIGGER \(table)_search_delete AFTER DELETE ON \(table) BEGIN
        \(forget("old"))
        DELETE FROM tocsin_search_entry WHERE RowGuid = old.\(key);
      END
      """,
    ] + moves
  }
}
