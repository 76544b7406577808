import Hummingbird

/// What a dialect does in its own way. By default nothing.
struct Manners: Sendable {
  /// Finds what the request itself proves its sender by; nil for nothing, when the header must. The body can be read
  /// again.
  var credential: @Sendable (inout Request) async throws -> Credential? = { _ in nil }
  /// How its senders are told of a refusal; nil for a problem document.
  var refusal: (@Sendable (Denial) throws -> Response)?
  /// The same, where it depends on the request.
  var refusalTo: (@Sendable (Denial, Request) throws -> Response)?
}

/// How a sender proves who it is, other than by the header.
enum Credential: Sendable {
  /// A token, and where in the body it stands, as a JSON pointer.
  case token(String, place: String)
  /// A signature that was found good.
  case signature
}

extension Manners {
  /// How to refuse this request; nil for a problem document.
  var refuse: (@Sendable (Denial, Request) throws -> Response)? {
    if let refusalTo { return refusalTo }
    guard let refusal else { return nil }
    return { denial, _ in try refusal(denial) }
  }
}
