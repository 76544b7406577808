import Foundation

/// Who runs this process.
public enum SystemUser {
  /// A container may run under a number that no name belongs to.
  public static func name(known: String = NSUserName(), id: uid_t = getuid()) -> String {
    known.isEmpty ? "uid-\(id)" : known
  }
}
