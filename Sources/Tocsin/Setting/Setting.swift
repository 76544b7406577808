import Foundation
import Storage

/// What is set on the pages rather than in the configuration: a row of `tocsin_setting`. Each noun keeps its own here.
struct Setting: Sendable, Equatable {
  let name: String
  let value: String
}

extension Transaction {
  func setting(_ name: String) throws -> String? {
    try row("SELECT Value FROM tocsin_setting WHERE SettingName = ?", [.text(name)])?.text("Value")
  }

  /// The settings whose names begin with `prefix`, by name.
  func settings(beginningWith prefix: String) throws -> [Setting] {
    try rows(
      "SELECT SettingName, Value FROM tocsin_setting WHERE substr(SettingName, 1, ?) = ? ORDER BY SettingName",
      [.integer(prefix.count), .text(prefix)]
    ).map { Setting(name: try $0.text("SettingName"), value: try $0.text("Value")) }
  }

  func set(_ name: String, to value: String, by: Principal) throws {
    try unset(name)
    try execute(
      "INSERT INTO tocsin_setting (SettingName, Value, UpdatedAt, UpdatedBy) VALUES (?, ?, ?, ?)",
      [.text(name), .text(value), .time(now), .text(by.name)])
  }

  func unset(_ name: String) throws {
    try execute("DELETE FROM tocsin_setting WHERE SettingName = ?", [.text(name)])
  }
}
