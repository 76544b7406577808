import Foundation
import Pages
import Storage
import Tocsin

/// Days put together so that each column is wide enough to be seen: days, weeks, months or years.
struct DayBins {
  enum Unit: String { case day, week, month, year }

  struct Bin: Equatable {
    /// A day, the Monday of a week, a month or a year: `2026-11-21`, `2026-11`, `2026`.
    let name: String
    var counts: [Severity: Int] = [:]
    var total: Int { counts.values.reduce(0, +) }
  }

  let unit: Unit
  let bins: [Bin]

  init(_ days: [IncidentFigures.Day]) {
    let unit: Unit =
      switch days.count {
      case ...120: .day
      case ...1100: .week
      case ...4500: .month
      default: .year
      }
    self.unit = unit
    bins = days.reduce(into: []) { bins, day in
      let name = Self.name(of: day.day, in: unit)
      if bins.last?.name != name { bins.append(Bin(name: name)) }
      bins[bins.count - 1].counts.merge(day.bySeverity, uniquingKeysWith: +)
    }
  }

  private static func name(of day: String, in unit: Unit) -> String {
    switch unit {
    case .day: return day
    case .month: return String(day.prefix(7))
    case .year: return String(day.prefix(4))
    case .week:
      guard let date = UTC.parseDay(day) else { return day }
      // 1970-01-01 was a Thursday.
      let sinceMonday = (Int(date.timeIntervalSince1970) / 86_400 + 3) % 7
      return UTC.day(date - Double((sinceMonday + 7) % 7) * 86_400)
    }
  }

  /// Six below the columns at most; of these a narrow screen keeps the first and the last.
  var labels: [ChartColumns.Label] {
    guard let last = bins.indices.last else { return [] }
    let count = min(6, bins.count)
    let places = count < 2 ? [0] : (0..<count).map { $0 * last / (count - 1) }
    return places.map { place in
      let isEdge = place == 0 || place == last
      let x = bins.count == 1 ? 0.5 : place == 0 ? 0 : place == last ? Double(bins.count) : Double(place) + 0.5
      return ChartColumns.Label(x, bins[place].name, isMinor: !isEdge)
    }
  }
}
