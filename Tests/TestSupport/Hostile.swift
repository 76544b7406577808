/// Text that attacks what shows it. None of it may be lost, and none of it may do anything.
public enum Hostile: String, CaseIterable, Sendable, CustomStringConvertible {
  case sql = "'); DROP TABLE data_incident; --"
  case script = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'><svg/onload=alert(1)>"
  case htmlComment = "--><!-- </style></title></td></table><h1>x</h1> &lt;b&gt; &amp; &#60;"
  case markdown =
    "# Heading\n- item\n1. one\n> quote\n```\ncode\n```\n***bold*** `code` ~~gone~~ [a](javascript:x) ![i](x)"
  case markdownTable =
    "| a | b |\n|---|---|\n| 1 | 2 |\n\nTitle\n=====\n    indented\n\n---\n<b>html</b> https://evil.example www.evil.example"
  case lines = "first\r\nBcc: eve@example.com\r\n\r\nsecond\rthird\u{2028}fourth\u{85}fifth"
  case terminal = "\u{1B}]0;title\u{07}\u{1B}[2J\u{1B}[31mred\u{9B}1m\u{08}\u{7F}"
  case rightToLeft = "invoice\u{202E}fdp.exe\u{202C} \u{2066}x\u{2069} שלום العربية"
  case wide = "🔥🧑‍🚒 𝕏 é e\u{301} 日本語 \u{FEFF}\u{200B}"
  case braces = "{incident_description} {{short_ref}} {0} %s %n $HOME `id` ${x}"

  public var description: String { "\(Self.allCases.firstIndex(of: self)!)" }
}
