/// Full-text search by InnoDB's FULLTEXT, which by itself leaves out short words and common ones
/// (innodb_ft_min_token_size, innodb_ft_enable_stopword; both are the server's, not ours). So each word is kept with a mark
/// before it: then none is short, and none is common. The column's collation ignores case and accents.
public enum MariaDBSearch {
  private static let mark = "tq"
  /// Beyond innodb_ft_max_token_size, 84 by default, a word is not indexed: so it is cut, here and there.
  private static let longest = 80

  /// SQL for the marked words of the text `sql`. A word is a run of letters and digits, as in SQLite's unicode61; accents
  /// that are characters of their own go.
  public static func words(_ sql: String) -> String {
    let plain = "regexp_replace(\(sql), '(*UCP)\\pM+', '')"
    let cut = "regexp_replace(\(plain), '(*UCP)([\\pL\\pN]{\(longest)})[\\pL\\pN]+', '\\1')"
    return "concat('\(mark)', regexp_replace(\(cut), '(*UCP)[^\\pL\\pN]+', ' \(mark)'))"
  }

  /// A query in boolean mode for all words in `text`, the last of which may go on.
  static func query(_ text: String) -> String {
    let plain = String(String.UnicodeScalarView(text.unicodeScalars.filter { !$0.isMark }))
    let words = plain.unicodeScalars.split { !$0.isOfWord }.map {
      mark + String(String.UnicodeScalarView($0.prefix(longest)))
    }
    return words.map { "+" + $0 }.joined(separator: " ") + (words.isEmpty ? "" : "*")
  }
}

extension Unicode.Scalar {
  fileprivate var isMark: Bool {
    switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark: true
    default: false
    }
  }

  fileprivate var isOfWord: Bool {
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
      .letterNumber, .otherNumber:
      true
    default: false
    }
  }
}
