/// Who acts. Its name is what `CreatedBy`, `ClosedBy`, `LinkedBy` … hold.
public struct Principal: Sendable, Hashable, ExpressibleByStringLiteral {
  public let name: String
  /// The network address they act from, for the audit log; nil on this machine.
  public let address: String?
  /// Whose credential it was, when an admin named somebody else: the audit log holds both.
  public let credential: String?

  /// - Throws: ``Failure`` with code `invalid` for an empty name, one over 255 characters or one with a NUL.
  public init(_ name: String, from address: String? = nil, credential: String? = nil) throws {
    self.name = try Text.line(name, "by", 1...255)
    self.address = address
    self.credential = credential
  }

  /// A name known to the programmer. It must fit the rules of ``init(_:)``.
  public init(stringLiteral name: StaticString) { self.init(trusted: "\(name)") }

  private init(trusted name: String) {
    self.name = name
    address = nil
    credential = nil
  }

  /// Tocsin itself: rules, timers, deliveries.
  public static let system = Principal(trusted: "SYSTEM")
}
