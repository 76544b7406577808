/// The one error that Tocsin shows to people: a code for programs and a sentence that says what is wrong and what is
/// allowed. Anything else that is thrown is a fault of ours or of the machine; see ``Failure/init(_:)-(any_Error)``.
public struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Code: String, Sendable, CaseIterable {
    /// The input cannot be read at all: not JSON, not UTF-8.
    case malformed
    /// A value is not allowed.
    case invalid
    /// Nobody said who they are.
    case unauthenticated
    /// The caller may not do this.
    case forbidden
    /// There is no such thing.
    case notFound = "not_found"
    /// The thing exists but its state does not allow this.
    case conflict
    /// The thing was changed since the caller read it.
    case outdated = "precondition_failed"
    /// Too much at once.
    case tooMany = "too_many"
    /// The database or a server cannot be reached now. Worth trying again.
    case unavailable
    /// A fault of ours.
    case `internal`
  }

  public let code: Code
  public let message: String
  /// The field at fault, by its one name (`incident_guid`), when there is one.
  public let field: String?
  /// The values that would be accepted, when they can be listed.
  public let allowed: [String]
  /// Seconds after which it is worth trying again, when that is known.
  public let retryAfter: Int?

  public init(
    _ code: Code, _ message: String, field: String? = nil, allowed: [String] = [], retryAfter: Int? = nil
  ) {
    self.code = code
    self.message = message
    self.field = field
    self.allowed = allowed
    self.retryAfter = retryAfter
  }

  public var description: String { message }

  /// The same, with the place of the fault named otherwise.
  public func placed(at field: String) -> Failure {
    Failure(code, message, field: field, allowed: allowed, retryAfter: retryAfter)
  }
}

extension Failure {
  /// A bad value of `field`.
  static func invalid(_ field: String, _ message: String, allowed: [String] = []) -> Failure {
    Failure(.invalid, "\(field) \(message)", field: field, allowed: allowed)
  }
}
