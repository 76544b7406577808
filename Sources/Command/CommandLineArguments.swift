/// The seeds name the one who acts differently for each command (`--created-by`, `--closed-by` …). All of them mean `--by`,
/// everywhere; only `--by` is shown in help.
enum CommandLineArguments {
  private static let synonyms = [
    "--created-by", "--updated-by", "--closed-by", "--linked-by", "--merged-by", "--sent-by",
  ]

  static func canonical(_ arguments: [String]) -> [String] {
    // What follows "--" is never an option.
    let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
    return arguments[..<end].map(canonical) + arguments[end...]
  }

  private static func canonical(_ argument: String) -> String {
    for synonym in synonyms {
      if argument == synonym { return "--by" }
      if argument.hasPrefix(synonym + "=") { return "--by=" + argument.dropFirst(synonym.count + 1) }
    }
    return argument
  }
}
