/// How a report is written down.
public enum ReportFormat: String, Word {
  case text, markdown, html, json

  /// The one name of the field that holds it.
  public static let field = "format"

  /// Formats are written in small letters.
  public static func spelling(_ word: String) -> String { word.lowercased() }
}
