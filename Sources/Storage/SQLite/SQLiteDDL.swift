/// Rewrites a `CREATE TABLE`, and the column of an `ALTER TABLE … ADD COLUMN`, from the seeds' dialect to SQLite's. Anything
/// else passes through untouched.
enum SQLiteDDL {
  static func statements(_ ddl: String) throws -> [String] {
    let trimmed = ddl.trimming { $0.isWhitespace || $0 == ";" }
    if let match = trimmed.firstMatch(of: #/^ALTER TABLE \w+ ADD COLUMN /#) {
      return [match.output + column(String(trimmed[match.range.upperBound...]))]
    }
    let words = trimmed.split(maxSplits: 3, whereSeparator: { $0.isWhitespace || $0 == "(" })
    guard words.count > 2, words[0].uppercased() == "CREATE", words[1].uppercased() == "TABLE",
      let open = trimmed.firstIndex(of: "("), let close = trimmed.lastIndex(of: ")")
    else { return [trimmed] }
    let table = String(words[2])
    var columns: [String] = []
    var indexes: [String] = []
    for part in splitAtTopLevel(trimmed[trimmed.index(after: open)..<close]) {
      if let index = inlineIndex(part, table) { indexes.append(index) } else { columns.append(column(part)) }
    }
    return ["CREATE TABLE \(table) (\n  " + columns.joined(separator: ",\n  ") + "\n)"] + indexes
  }

  /// `INDEX name (columns)` inside a table, as a statement. SQLite's index names are global, so the table's name is added.
  private static func inlineIndex(_ part: String, _ table: String) -> String? {
    let words = part.split(maxSplits: 2, whereSeparator: \.isWhitespace)
    guard words.count == 3, words[0].uppercased() == "INDEX" else { return nil }
    return "CREATE INDEX \(table)_\(words[1]) ON \(table) \(words[2])"
  }

  private static func column(_ part: String) -> String {
    let words = part.split(maxSplits: 1, whereSeparator: \.isWhitespace)
    guard words.count == 2 else { return part }
    let (name, rest) = (String(words[0]), String(words[1]))
    if let (list, after) = argument(of: "ENUM", in: rest) {
      return "\(name) TEXT\(after) CHECK (\(name) IN (\(list)))"
    }
    if let (length, after) = argument(of: "VARCHAR", in: rest) {
      return "\(name) VARCHAR(\(length))\(after) CHECK (length(\(name)) <= \(length))"
    }
    if rest == "JSON" || rest.hasPrefix("JSON ") {
      // json_valid(NULL) is 0 before SQLite 3.41.
      return "\(name) TEXT\(rest.dropFirst(4)) CHECK (\(name) IS NULL OR json_valid(\(name)))"
    }
    if rest.starts(with: /DATETIME\b/) { return "\(part) CHECK (\(isTime(name)))" }
    // SQLite itself refuses anything else in a primary key that is one.
    if rest.starts(with: /INTEGER\b/), !rest.contains(/\bPRIMARY KEY\b/) {
      return "\(part) CHECK (typeof(\(name)) IN ('integer', 'null'))"
    }
    return part
  }

  /// The calendar's days only, in the one form that sorts by time, with milliseconds or without.
  private static func isTime(_ name: String) -> String {
    // The length first: SQLite calls it a fault when a CHECK asks what 'now' is.
    "\(name) IS NULL OR length(\(name)) BETWEEN 19 AND 23 "
      + "AND strftime('%Y-%m-%d %H:%M:%f', \(name), '+0 days') IS substr(\(name) || '.000', 1, 23)"
  }

  private static func argument(of type: String, in rest: String) -> (argument: Substring, after: Substring)? {
    guard rest.uppercased().hasPrefix(type + "("), let close = rest.firstIndex(of: ")") else { return nil }
    let start = rest.index(rest.startIndex, offsetBy: type.count + 1)
    return (rest[start..<close], rest[rest.index(after: close)...])
  }

  private static func splitAtTopLevel(_ text: Substring) -> [String] {
    var parts: [String] = [""]
    var depth = 0
    var quoted = false
    for character in text {
      if character == "'" { quoted.toggle() }
      if !quoted, character == "(" { depth += 1 }
      if !quoted, character == ")" { depth -= 1 }
      if !quoted, depth == 0, character == "," {
        parts.append("")
      } else {
        parts[parts.count - 1].append(character)
      }
    }
    return parts.map { $0.trimming(\.isWhitespace) }
  }
}

extension StringProtocol {
  /// Without the leading and trailing characters that `matches` names.
  func trimming(_ matches: (Character) -> Bool) -> String {
    String(drop(while: matches).reversed().drop(while: matches).reversed())
  }
}
