extension Markup {
  /// Slack's rule for text (https://docs.slack.dev/messaging/formatting-message-text): with these three as entities, no
  /// `<!channel>`, `<@U…>` or `<url|name>` is left. By scalars: a letter with an accent may hide one of them.
  static let slack = Markup { text in
    text.map { character in
      character.unicodeScalars.map { scalar in
        switch scalar {
        case "&": "&amp;"
        case "<": "&lt;"
        case ">": "&gt;"
        default: String(scalar)
        }
      }.joined()
    }
  }
}
