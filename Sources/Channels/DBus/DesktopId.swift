/// Which notification, on whose screen. Daemons count from 1 whenever they start, and each has its own count; so the
/// number alone would soon name somebody else's.
struct DesktopId: Equatable {
  let number: UInt32
  /// The daemon's unique name on the bus, such as `:1.42`.
  let daemon: String
  /// The bus's own id, which it draws when it starts.
  let bus: String

  init(number: UInt32, daemon: String, bus: String) {
    (self.number, self.daemon, self.bus) = (number, daemon, bus)
  }

  /// Reads ``text``.
  init?(_ text: String) {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 3, let number = UInt32(parts[0]) else { return nil }
    self.init(number: number, daemon: String(parts[1]), bus: String(parts[2]))
  }

  /// Becomes `ExternalId`: `7@:1.42@` and the bus's id.
  var text: String { "\(number)@\(daemon)@\(bus)" }
}
