import Tocsin

/// What the fields of a call are called on the command line: `["ends_at": "--until"]`.
struct TypedNames {
  let names: [String: String]

  init(_ names: [String: String]) { self.names = names }

  /// Runs `body`; what it throws is said in the words that somebody typed.
  func saying<T>(_ body: () async throws -> T) async throws -> T {
    do {
      return try await body()
    } catch let failure as Failure {
      throw Failure(
        failure.code, said(failure.message), field: failure.field, allowed: failure.allowed,
        retryAfter: failure.retryAfter)
    }
  }

  /// A sentence begins with the field that is at fault. Further on, only names that are no plain words can be told from text.
  private func said(_ sentence: String) -> String {
    var sentence = sentence
    for (field, name) in names {
      if sentence.hasPrefix(field + " ") { sentence = name + sentence.dropFirst(field.count) }
      if field.contains("_") { sentence.replace(field, with: name) }
    }
    return sentence
  }
}
