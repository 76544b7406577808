extension Markup {
  /// Discord's Markdown (https://support.discord.com/hc/en-us/articles/210298617), each sign behind a backslash. Mentions,
  /// `<@1>` and `@everyone`, are broken up besides: no text of ours may call anybody. Addresses of pages stay as they are,
  /// because Discord reads no markup in them.
  static let discord = Markup { text in
    var pieces: [String] = []
    var rest = text[...]
    while let url = rest.firstMatch(of: /https?:\/\/[A-Za-z0-9\/?=&%._~+:,#;!$\-]+/) {
      pieces += escaped(rest[..<url.range.lowerBound], isLineStart: pieces.last.map { $0 == "\n" } ?? true)
      pieces += url.output.map(String.init)
      rest = rest[url.range.upperBound...]
    }
    return pieces + escaped(rest, isLineStart: pieces.last.map { $0 == "\n" } ?? true)
  }

  private static func escaped(_ text: Substring, isLineStart: Bool) -> [String] {
    var isLineStart = isLineStart
    return text.map { character in
      let piece = character.unicodeScalars.map { scalar in
        switch scalar {
        case "\\", "*", "_", "~", "`", "|", "[", "]", "<", ">", "#": "\\\(scalar)"
        case "-" where isLineStart, "+" where isLineStart: "\\\(scalar)"
        case "@": "@\u{200B}"
        default: String(scalar)
        }
      }.joined()
      isLineStart = character == "\n" || isLineStart && character.isWhitespace
      return piece
    }
  }
}
