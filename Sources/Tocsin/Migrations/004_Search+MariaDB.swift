import Storage

extension Migration {
  /// One row for each text, kept by triggers as on SQLite. See `MariaDBSearch` for what is in it.
  static let searchOnMariaDB: [String] =
    [
      """
      CREATE TABLE tocsin_search (
        RowGuid VARCHAR(255) PRIMARY KEY NOT NULL,
        IncidentGuid VARCHAR(255) NOT NULL,
        Body LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_nopad_ci NOT NULL,
        INDEX idx_incident_guid (IncidentGuid),
        FULLTEXT INDEX idx_body (Body)
      )
      """
    ]
    + mariaDBTriggers("data_incident", key: "IncidentGuid", text: ["Title", "Description"])
    + mariaDBTriggers("data_incident_note", key: "NoteGuid", text: ["Content"])
    + mariaDBTriggers("data_incident_communication", key: "CommunicationGuid", text: ["Message"])

  private static func mariaDBTriggers(_ table: String, key: String, text: [String]) -> [String] {
    let words = MariaDBSearch.words("concat_ws(' ', \(text.map { "new.\($0)" }.joined(separator: ", ")))")
    let isSame = (text + ["IncidentGuid"]).map { "old.\($0) <=> new.\($0)" }.joined(separator: " AND ")
    return [
      """
      CREATE TRIGGER \(table)_search_insert AFTER INSERT ON \(table) FOR EACH ROW
      INSERT INTO tocsin_search (RowGuid, IncidentGuid, Body) VALUES (new.\(key), new.IncidentGuid, \(words))
      """,
      """
      CREATE TRIGGER \(table)_search_update AFTER UPDATE ON \(table) FOR EACH ROW
      IF NOT (\(isSame)) THEN
        UPDATE tocsin_search SET IncidentGuid = new.IncidentGuid, Body = \(words) WHERE RowGuid = old.\(key);
      END IF
      """,
      """
      CREATE TRIGGER \(table)_search_delete AFTER DELETE ON \(table) FOR EACH ROW
      DELETE FROM tocsin_search WHERE RowGuid = old.\(key)
      """,
    ]
  }
}
