/// What a person types, as ArgumentParser reads it.
enum CommandLineArguments {
  /// The seeds name the one who acts differently for each command (`--created-by`, `--closed-by` …). All of them mean
  /// `--by`, everywhere; only `--by` is shown in help.
  private static let synonyms = [
    "--created-by", "--updated-by", "--closed-by", "--linked-by", "--merged-by", "--sent-by",
  ]

  /// Options of every command that take no value.
  private static let flags = ["--json", "--quiet", "--help", "--version"]

  /// Whether something was typed that may be a text that begins with a dash, such as `-text`.
  static var mayHoldText: Bool {
    CommandLine.arguments.contains {
      $0.wholeMatch(of: /-[^-].*/.dotMatchesNewlines()) != nil && !["-q", "-h"].contains($0)
    }
  }

  static func canonical(_ arguments: [String]) -> [String] {
    // What follows "--" is never an option.
    let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
    let (options, texts) = split(arguments[..<end].map(canonical))
    let rest = texts + arguments[end...].dropFirst()
    return rest.isEmpty ? options : options + ["--"] + rest
  }

  private static func canonical(_ argument: String) -> String {
    for synonym in synonyms {
      if argument == synonym { return "--by" }
      if argument.hasPrefix(synonym + "=") { return "--by=" + argument.dropFirst(synonym.count + 1) }
    }
    return argument
  }

  /// Takes out texts such as `- item`, which ArgumentParser takes for options unless they stand behind `--`.
  private static func split(_ arguments: [String]) -> (options: [String], texts: [String]) {
    var (options, texts): ([String], [String]) = ([], [])
    for argument in arguments {
      if isText(argument), !takesValue(options.last ?? "") { texts.append(argument) } else { options.append(argument) }
    }
    return (options, texts)
  }

  /// No option's name holds a space.
  private static func isText(_ argument: String) -> Bool {
    argument.hasPrefix("-") && argument.prefix { $0 != "=" }.contains(where: \.isWhitespace)
  }

  private static func takesValue(_ argument: String) -> Bool {
    argument.hasPrefix("--") && !argument.contains { $0 == "=" || $0.isWhitespace } && !flags.contains(argument)
  }
}
