import Tocsin

extension Failure {
  /// Whether it is about what somebody typed: then they see their form again, with it.
  var isAboutTheForm: Bool {
    [.invalid, .malformed, .conflict, .outdated, .notFound, .tooMany].contains(code)
  }
}
