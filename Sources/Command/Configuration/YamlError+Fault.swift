import Yams

extension YamlError {
  /// Place and problem, to follow the file's name. Only the parser's own fixed words: its description would show the text
  /// around the place, which may be a password.
  var fault: String {
    switch self {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let words = [context?.text, problem].compactMap(\.self).joined(separator: " ")
      return ":\(mark.line):\(mark.column): is not YAML: \(words)"
    case .duplicatedKeysInMapping(_, let context):
      return ":\(context.mark.line):\(context.mark.column): is not YAML: a key stands twice in the same block"
    case .reader(let problem, let offset, _, let text):
      let line = offset.map { ":\(text.prefix($0).count(where: \.isNewline) + 1)" } ?? ""
      return "\(line): is not YAML: \(problem)"
    default: return ": is not YAML"
    }
  }
}
