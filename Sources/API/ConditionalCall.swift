import Tocsin

/// A call that changes one incident, and may be made only if nobody has changed it meanwhile. Over the wire that is the header
/// `If-Match` (RFC 9110, section 13.1.1), so it is no field of path, query or body.
public protocol ConditionalCall: Call {
  var id: String { get }
  /// The version that the caller has seen; nil when any will do.
  var expectedVersion: Int? { get set }
}

/// A property of a call that goes into a header, and not into its JSON.
@propertyWrapper
public struct Header<Value: Sendable>: Sendable {
  public var wrappedValue: Value?

  public init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }
}

extension Header: Codable {
  public init(from decoder: any Decoder) { self.init(wrappedValue: nil) }
  public func encode(to encoder: any Encoder) {}
}

extension KeyedDecodingContainer {
  /// What the compiler's own decoding calls: nothing is looked for.
  func decode<Value>(_ type: Header<Value>.Type, forKey key: Key) -> Header<Value> { Header(wrappedValue: nil) }
}

extension KeyedEncodingContainer {
  /// What the compiler's own encoding calls: nothing is written.
  mutating func encode<Value>(_ value: Header<Value>, forKey key: Key) {}
}

/// An answer that says which version of an incident it shows.
public protocol Versioned {
  /// The entity tag, without its quotes: the version, and after a dash how much hangs on the incident, where the answer
  /// says that.
  var tag: String { get }
}

extension Incident: Versioned {
  public var tag: String { String(version) }
}

extension IncidentDetails: Versioned {
  /// The counts go up without a new version: whoever edits an incident is not disturbed by a note.
  public var tag: String {
    "\(incident.version)-\(alertCount + noteCount + communicationCount + timelineCount)"
  }
}
