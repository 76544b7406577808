import Testing

@testable import Pages

@Suite struct MarkdownTests {
  @Test(arguments: [
    ("plain", "<p>plain</p>\n"), ("two\nlines", "<p>two<br />\nlines</p>\n"),
    ("**b** `c`", "<p><strong>b</strong> <code>c</code></p>\n"),
    ("# T", "<h3>T</h3>\n"), ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"), ("", ""),
    ("[x](https://a.example/b?c=1&d)", "<p><a href=\"https://a.example/b?c=1&amp;d\">x</a></p>\n"),
    (
      "see https://a.example/b_c_d, there",
      "<p>see <a href=\"https://a.example/b_c_d\">https://a.example/b_c_d</a>, there</p>\n"
    ),
  ])
  func `What people write becomes HTML`(_ text: String, _ html: String) {
    #expect(Markdown.html(text).text == html)
  }

  /// Failure: a note runs a script in the browser of whoever reads it.
  @Test(arguments: [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>",
    "a <b onmouseover=alert(1)>b</b>",
    "[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](data:text/html,x)", "[x](vbscript:x)",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))", "[x](//evil.example)", "[x](/logout)", "<\u{301}script>alert(1)</script>",
    "```\n</code><script>alert(1)</script>\n```", "[x](https://a.example/\"onmouseover=alert(1))",
    "https://a.example/\"><script>",
  ])
  func `Nothing that somebody writes runs, nor loads anything, nor leads anywhere but to the web`(_ text: String) {
    let html = Markdown.html(text).text
    #expect(html.firstMatch(of: /<(script|img|svg|b)\b/) == nil, "\(html)")
    #expect(html.firstMatch(of: /<[^>]*\son\w+=/) == nil, "\(html)")
    for link in html.matches(of: /href="([^"]*)"/) {
      #expect(link.1.isEmpty || link.1.hasPrefix("https://") || link.1.hasPrefix("mailto:"), "\(html)")
    }
  }

  @Test func `A picture becomes a link to it`() {
    #expect(
      Markdown.html("![graph](https://a.example/g.png)").text
        == "<p><a href=\"https://a.example/g.png\">graph</a></p>\n")
  }
}
