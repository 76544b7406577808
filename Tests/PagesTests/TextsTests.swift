import Foundation
import Testing

@testable import Pages

@Suite struct TextsTests {
  private static let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Sources")

  private static func code(_ folders: String...) throws -> [(name: String, text: String)] {
    try folders.flatMap { folder -> [(String, String)] in
      let base = sources.appending(path: folder)
      let files = FileManager.default.enumerator(at: base, includingPropertiesForKeys: nil)?.allObjects as? [URL] ?? []
      return try files.filter { $0.pathExtension == "swift" }.map {
        ($0.lastPathComponent, try String(contentsOf: $0, encoding: .utf8))
      }
    }
  }

  @Test func `Every text that a template or a page names is in the catalogue`() throws {
    let texts = Texts.english.all
    for (name, bytes) in Template.files {
      for match in String(decoding: bytes, as: UTF8.self).matches(of: /\{\{[#^]?t\.(\w+)\}\}/) {
        #expect(texts[String(match.1)] != nil, "\(name): \(match.1)")
      }
    }
    let code = try Self.code("Server/Pages", "Pages")
    #expect(!code.isEmpty)
    for (name, text) in code {
      for match in text.matches(of: /texts\("(\w+)"/) { #expect(texts[String(match.1)] != nil, "\(name): \(match.1)") }
      for match in text.matches(of: /texts\.count\("(\w+)"/) {
        #expect(texts["\(match.1).one"] != nil && texts["\(match.1).other"] != nil, "\(name): \(match.1)")
      }
      for match in text.matches(of: /said: "(\w+)"/) { #expect(texts["said_\(match.1)"] != nil, "\(name): \(match.1)") }
    }
  }

  @Test func `A text puts its values in once, and looks into none of them`() {
    let texts = Texts.english.mapping { _ in "{a} and {b}{c}" }
    #expect(texts("or", ["a": "{b}", "b": "2"]) == "{b} and 2{c}")
  }

  @Test func `One thing and several have words of their own`() {
    let texts = Texts.english
    let key = texts.all.keys.first { $0.hasSuffix(".one") }?.dropLast(4)
    guard let key else { return }
    #expect(texts.count(String(key), 1) != texts.count(String(key), 2))
  }

  /// Failure: `"\u{301}` ends an attribute, because Mustache escapes what people see as one character as a whole.
  @Test(arguments: ["\"", "<", ">", "&", "'"])
  func `What browsers take for markup is escaped, whatever marks combine with it`(_ mark: String) throws {
    let html = try Template.render("message", ["title": "\(mark)\u{301}x\(mark)\u{200D}", "text": "\(mark)\u{20DD}"])
    let title = try #require(html.firstMatch(of: /<h1>(.*)<\/h1>/)).1
    #expect(!title.unicodeScalars.contains(Unicode.Scalar(mark)!) || mark == "&", "\(title)")
    #expect(!html.unicodeScalars.contains("\u{301}") || html.utf8.contains(";\u{301}".utf8))
  }
}
