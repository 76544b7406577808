/// How a report is written down.
public enum ReportFormat: String, Word {
  case text, markdown, html, json

  /// The one name of the field that holds it.
  public static let field = "format"

  /// Reads a format in any case.
  ///
  /// - Throws: ``Failure`` with code `invalid` and the list of what is allowed.
  public init(word: String) throws {
    let wanted = word.lowercased()
    guard let format = ReportFormat(rawValue: wanted) else {
      let allowed = ReportFormat.allCases.map(\.rawValue)
      throw Failure(
        .invalid,
        "format \"\(printable(word))\" is not known\(hint(wanted, allowed)). "
          + "Allowed: \(allowed.joined(separator: ", "))", field: Self.field, allowed: allowed)
    }
    self = format
  }
}
