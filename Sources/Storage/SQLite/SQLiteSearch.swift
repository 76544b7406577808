/// What FTS5's tokenizer `unicode61 remove_diacritics 2` leaves apart and MariaDB's collation takes for the same: letters that
/// no accent makes out of another, and accents outside of the Latin alphabet. They are folded before they are indexed, and in
/// queries too. The list never changes: a migration has put it into triggers.
public enum SQLiteSearch {
  private static let folds: [(from: String, to: String)] = [
    ("ß", "ss"), ("æ", "ae"), ("Æ", "ae"), ("œ", "oe"), ("Œ", "oe"), ("ø", "o"), ("Ø", "o"), ("ł", "l"), ("Ł", "l"),
    ("đ", "d"), ("Đ", "d"), ("ð", "d"), ("Ð", "d"), ("ħ", "h"), ("Ħ", "h"), ("ё", "е"), ("Ё", "е"), ("ά", "α"),
    ("Ά", "α"),
    ("έ", "ε"), ("Έ", "ε"), ("ή", "η"), ("Ή", "η"), ("ί", "ι"), ("Ί", "ι"), ("ό", "ο"), ("Ό", "ο"), ("ύ", "υ"),
    ("Ύ", "υ"),
    ("ώ", "ω"), ("Ώ", "ω"), ("ΐ", "ι"), ("ΰ", "υ"),
  ]

  /// SQL for the folded text `sql`. In steps, since SQLite's parser does not take so many calls within each other.
  public static func folded(_ sql: String) -> String {
    stride(from: 0, to: folds.count, by: 12).reduce("SELECT \(sql) AS Text") { inner, start in
      let step = folds[start..<min(start + 12, folds.count)].reduce("Text") {
        "replace(\($0), '\($1.from)', '\($1.to)')"
      }
      return "SELECT \(step) AS Text FROM (\(inner))"
    }.parenthesized
  }

  /// A query for one word, or any longer one that starts with it.
  static func query(_ word: String) -> String {
    // Scalar by scalar, as SQLite's replace() does: to Swift, an e with an accent of its own is no e.
    let folded = word.unicodeScalars.map { scalar in
      folds.first { $0.from.unicodeScalars.elementsEqual([scalar]) }?.to ?? String(scalar)
    }
    return "\"" + folded.joined().replacing("\"", with: "\"\"") + "\"*"
  }
}

extension String {
  fileprivate var parenthesized: String { "(\(self))" }
}
