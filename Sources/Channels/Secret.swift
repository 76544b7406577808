/// A value that is never shown: printing or dumping it, or anything that holds it, shows a mask.
struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The value itself, for the wire only.
  let exposed: String

  init(_ value: String) { exposed = value }

  var description: String { "(secret)" }
  var debugDescription: String { description }
  var customMirror: Mirror { Mirror(self, children: []) }
}
