import Pages

/// A chart with its numbers: the table below it and the CSV are the same rows.
struct MetricsChart {
  /// In addresses: `days`.
  let id: String
  let title: String
  /// What exactly is counted.
  let definition: String
  /// What one sees there, in words; nil where the picture holds words and numbers itself.
  var summary: String?
  let picture: SafeHTML
  var legend: SafeHTML?
  let header: [String]
  let rows: [[String]]

  func values(csv: String) -> Template.Values {
    var values: Template.Values = [
      "id": id, "chartTitle": title, "definition": definition, "picture": picture, "csv": csv,
      "header": header.map { ["text": $0] },
      "rows": rows.map { row in ["first": row[0], "numbers": row.dropFirst().map { ["number": $0] }] },
    ]
    if let legend { values["legend"] = legend }
    if let summary { values["summary"] = summary }
    return values
  }
}
