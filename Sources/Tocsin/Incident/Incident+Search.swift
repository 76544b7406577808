import Storage

extension Transaction {
  /// Matches beyond which a word is common. Up to here the engine goes from the matches to the incidents; beyond, it walks
  /// the incidents in order and looks each up among the matches, which at 100,000 matches is four times as fast.
  private static var commonFrom: Int { 5000 }

  /// Conditions on `data_incident`: each word of `search` must occur somewhere in the incident.
  func searchConditions(_ search: String) throws -> [PagedList.Condition] {
    // A word of punctuation alone is nothing to look for.
    let words = search.split(whereSeparator: \.isWhitespace).filter { $0.contains { $0.isLetter || $0.isNumber } }
    if words.isEmpty { return [.init("1 = 0")] }
    return try words.prefix(16).map { word in
      let term = SQLValue.text(dialect.searchTerm(String(word.replacing("\0", with: ""))))
      let matches = try integer(dialect.countMatches, [term, .integer(Self.commonFrom)])
      // The plus keeps the engine from starting with this condition.
      return .init(dialect.matchesSearch(matches < Self.commonFrom ? "IncidentGuid" : "+IncidentGuid"), [term])
    }
  }
}
