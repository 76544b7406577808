/// A value that is never shown: printing or dumping it, or anything that holds it, shows a mask.
public struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The value itself, for the wire only.
  public let exposed: String

  public init(_ value: String) { exposed = value }

  public var description: String { "(secret)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
