import Foundation

extension HTTPAnswer {
  /// The body as JSON of this form, or nil when it is anything else.
  func json<Value: Decodable>(_ type: Value.Type) -> Value? {
    try? JSONDecoder().decode(type, from: Data(body))
  }
}
