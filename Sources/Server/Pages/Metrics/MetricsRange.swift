import Foundation
import Pages
import Storage
import Tocsin

/// Which incidents the charts are about: what the page's address says.
struct MetricsRange {
  /// Days that are shown when the address says nothing.
  private static let usual = 30

  let (package, start, end): (String, String, String)
  private let today: String

  init(_ visit: Visit) {
    today = UTC.day(visit.now)
    package = visit.query["package"] ?? ""
    end = visit.query["end_date"] ?? today
    // An empty one is the day of the first incident.
    start = visit.query["start_date"] ?? Self.day(Self.usual - 1, before: end)
  }

  private static func day(_ days: Int, before end: String) -> String {
    guard let day = UTC.parseDay(end) else { return "" }
    return UTC.day(day - Double(days) * 86_400)
  }

  private var fields: [(name: String, value: String?)] {
    [("package", package.typedText), ("start_date", start), ("end_date", end)]
  }

  /// Where the numbers of a chart are.
  func csv(_ chart: String) -> String {
    PageAddress(path: "/incident-metrics.csv", fields: fields).with([("chart", chart)])
  }

  func values(_ texts: Texts) -> Template.Values {
    let address = PageAddress(path: "/incident-metrics", fields: fields)
    let spans = [7, 30, 100, 365].map { (Self.day($0 - 1, before: today), texts.count("metrics_days", $0)) }
    let views = (spans + [("", texts("metrics_all_days"))]).map { first, name -> Template.Values in
      [
        "address": address.with([("start_date", first), ("end_date", today)]), "name": name,
        "isOn": start == first && end == today,
      ]
    }
    return ["views": views, "wantedPackage": package, "wantedStart": start, "wantedEnd": end]
  }
}
