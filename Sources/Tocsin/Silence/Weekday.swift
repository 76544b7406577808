/// A day of the week: `SUN`, `MON` …
public enum Weekday: String, Word {
  case sunday = "SUN"
  case monday = "MON"
  case tuesday = "TUE"
  case wednesday = "WED"
  case thursday = "THU"
  case friday = "FRI"
  case saturday = "SAT"

  public static let field = "weekdays"

  /// Days since Sunday.
  var number: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
