import Foundation
import Testing

@testable import Tocsin

@Suite struct PatternTests {
  /// What RE2 says of them, as Alertmanager asks: the whole text must fit.
  @Test(arguments: [
    ("", "", true), ("", "a", false), ("abc", "abc", true), ("abc", "abcd", false), ("a.c", "abc", true),
    ("a.c", "a\nc", false), ("(?s)a.c", "a\nc", true), ("a|b", "b", true), ("a|b", "ab", false),
    ("(a|b)*", "abba", true),
    ("a|", "", true), ("ab?c", "ac", true), ("a+", "", false), ("a+?", "aa", true), ("a{2}", "aa", true),
    ("a{2}", "aaa", false), ("a{2,}", "aaaa", true), ("a{1,3}", "aaaa", false), ("a{,3}", "a{,3}", true),
    ("x{a}", "x{a}", true), ("[a-c]+", "abccba", true), ("[^a-c]", "a", false), ("[^a-c]", "\n", true),
    ("[]a]", "]", true), ("[a-]", "-", true), ("[\\d-]+", "1-2", true), ("[[:alpha:]]+", "aZ", true),
    ("[[:^alpha:]]", "a", false), ("[^\\D]", "5", true), ("\\d+", "٣", false), ("\\w+", "a_1", true),
    ("\\s", "\t", true),
    ("\\S+", "a b", false), ("\\.", ".", true), ("\\.", "x", false), ("\\Qa.b\\E+", "a.bbb", true),
    ("\\Qa.b", "a.b", true), ("\\x41", "A", true), ("\\x{1F4A5}", "💥", true), (".", "💥", true),
    ("(?i)aBc", "AbC", true),
    ("(?i:a)b", "Ab", true), ("(?i:a)b", "AB", false), ("(?i)[a-z]+", "ÄÖ", false), ("(?i)ä", "Ä", true),
    ("a(?i)b", "aB", true), ("a(?i)b", "AB", false), ("(?P<name>a)", "a", true), ("(?<name>a)", "a", true),
    ("^a$", "a", true),
    ("a^b", "ab", false), ("(?m)a$\\n^b", "a\nb", true), ("a$\\nb", "a\nb", false), ("\\ba\\b.*", "a b", true),
    ("a\\bb", "ab", false), ("a\\Bb", "ab", true), ("\\Aa\\z", "a", true), ("(a*)*", "aaa", true),
    ("(|a)+", "aa", true),
    ("(){1000}a", "a", true), ("((a{2}){2}){2}", "aaaaaaaa", true), ("db-[0-9]+|web", "db-12", true),
    ("db-[0-9]+|web", "web-1", false), ("host1\\.example\\.com:9100|host2", "host1.example.com:9100", true),
    ("host1\\.example", "host1xexample", false), ("e\u{301}", "é", false),
  ])
  func `An expression fits what RE2 says it fits`(_ text: String, _ value: String, _ fits: Bool) throws {
    #expect(try Pattern(text).fits(value) == fits)
  }

  @Test(arguments: [
    "[", "[a", "(", ")", "a)", "(a", "*", "+a", "a**", "a{2}{3}", "a{1001}", "a{3,2}", "[b-a]", "\\", "\\1", "\\pL",
    "(?=a)",
    "(?!a)", "(?<=a)", "(?P<a", "[[:nope:]]", "\\xZZ", "\\x{110000}", "(((a{100}){100}){100})",
    String(repeating: "(", count: 51) + String(repeating: ")", count: 51), String(repeating: "a", count: 16_385),
  ])
  func `What is no expression, or too large a one, is refused with a reason`(_ text: String) {
    let fault = #expect(throws: PatternFault.self) { try Pattern(text) }
    #expect(fault?.message.isEmpty == false)
  }

  /// Failure: an expression that backtracks for centuries stops every write.
  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      "(a+)+$", "(a|aa)+$", "(a*)*b", "(.*)*x", "((a?){20}){20}c", "(a|b|ab)*c", "(((((a+)+)+)+)+)+$", "(x+x+)+y",
    ])
  func `No expression takes more than a moment`(_ text: String) throws {
    let pattern = try Pattern(text)
    #expect(!pattern.fits(String(repeating: "a", count: 60) + "z"))
    #expect(!pattern.fits(String(repeating: "a", count: Pattern.mostRead - 1) + "z"))
    // Of more, the first characters count.
    let all = pattern.fits(String(repeating: "a", count: Pattern.mostRead))
    #expect(pattern.fits(String(repeating: "a", count: 1_000_000) + "z") == all)
    #expect(!pattern.fits(String(repeating: "x", count: 4000) + "z"))
  }

  /// Against the expressions of the standard library, on small random cases.
  @Test func `Random expressions fit what another engine says`() throws {
    var random = SystemRandomNumberGenerator()
    var compared = 0
    for _ in 0..<3000 {
      let text = Self.expression(3, &random)
      guard let judge = try? NSRegularExpression(pattern: "^(?:\(text))\\z") else { continue }
      let pattern = try Pattern(text)
      for _ in 0..<5 {
        let value = String(
          (0..<Int.random(in: 0...6, using: &random)).map { _ in "abc".randomElement(using: &random)! })
        let range = NSRange(value.startIndex..., in: value)
        #expect(pattern.fits(value) == (judge.firstMatch(in: value, range: range) != nil), "\(text) on \(value)")
        compared += 1
      }
    }
    #expect(compared > 10_000)
  }

  private static func expression(_ depth: Int, _ random: inout SystemRandomNumberGenerator) -> String {
    if depth == 0 { return ["a", "b", "c", ".", "[ab]", "[^c]", "\\w"].randomElement(using: &random)! }
    let (one, other) = (expression(depth - 1, &random), expression(depth - 1, &random))
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return "(\(one))*"
    case 1: return "(\(one))?"
    case 2: return "(?:\(one)|\(other))"
    case 3: return "(\(one)){1,2}"
    case 4: return "(\(one))+"
    default: return one + other
    }
  }
}

@Suite struct LabelMatcherTests {
  @Test(arguments: [
    (#"a=b"#, #"a="b""#), (#" a != "b c" "#, #"a!="b c""#), (#"a=~"x.*""#, #"a=~"x.*""#), (#"a!~b\.c"#, #"a!~"b\\.c""#),
    (#"a="say \"hi\"\n""#, #"a="say \"hi\"\n""#), (#""a b"=c"#, #""a b"="c""#), (#"a="#, #"a="""#),
    (#"a=x\"#, #"a="x\\""#),
  ])
  func `A matcher is written as Alertmanager writes it, and reads the same again`(_ text: String, _ written: String)
    throws
  {
    let matcher = try LabelMatcher(text)
    #expect(matcher.description == written)
    #expect(try LabelMatcher(matcher.description) == matcher)
  }

  @Test(arguments: [#"a="b"#, #"a=b"c"#, #"="b""#, "a", #"a="b\""#, #"a=~"(""#, "\"\"=a"])
  func `What is no matcher is refused`(_ text: String) {
    #expect(throws: Failure.self) { try LabelMatcher(text) }
  }

  @Test func `A list has braces, and commas that no quotes hold`() throws {
    #expect(try LabelMatcher.list(#"{a="b,c", d=~"e|f",}"#).map(\.description) == [#"a="b,c""#, #"d=~"e|f""#])
    #expect(try LabelMatcher.list("a=b").count == 1)
    #expect(try LabelMatcher.list("{}").isEmpty)
  }
}
