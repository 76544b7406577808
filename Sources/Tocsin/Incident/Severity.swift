/// How bad it is. HIGH and CRITICAL alerts open incidents; CRITICAL messages are tried again sooner and go first.
public enum Severity: String, Word {
  case critical = "CRITICAL"
  case high = "HIGH"
  case medium = "MEDIUM"
  case low = "LOW"

  public static let field = "severity"

  /// 3 for CRITICAL down to 0 for LOW.
  public var urgency: Int {
    switch self {
    case .critical: 3
    case .high: 2
    case .medium: 1
    case .low: 0
    }
  }
}
