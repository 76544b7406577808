import Storage

extension Migration {
  /// Searches on SQLite find what they find on MariaDB: `grosse` finds Größe. All texts are indexed anew.
  static let searchFolds = Migration(15, "search folds", worksBeside: 15) { dialect in
    guard dialect == .sqlite else { return [] }
    let texts = [
      (table: "data_incident", key: "IncidentGuid", text: ["Title", "Description"]),
      (table: "data_incident_note", key: "NoteGuid", text: ["Content"]),
      (table: "data_incident_communication", key: "CommunicationGuid", text: ["Message"]),
    ]
    return ["INSERT INTO tocsin_search (tocsin_search) VALUES ('delete-all')"]
      + texts.flatMap { part in
        let names = ["insert", "update", "delete"] + (part.table == "data_incident" ? [] : ["move"])
        let body = SQLiteSearch.folded(part.text.map { "coalesce(\($0), '')" }.joined(separator: " || ' ' || "))
        return names.map { "DROP TRIGGER \(part.table)_search_\($0)" } + [
          """
          INSERT INTO tocsin_search (rowid, Body) SELECT entry.Id, \(body) FROM \(part.table)
          JOIN tocsin_search_entry AS entry ON entry.RowGuid = \(part.table).\(part.key)
          """
        ] + searchTriggers(part.table, key: part.key, text: part.text, folded: SQLiteSearch.folded)
      }
  }
}
