/// What this program calls itself.
public enum Product {
  public static let version = "0.1.0"
}
