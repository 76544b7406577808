import Foundation
import TestSupport
import Testing

@testable import Tocsin

@Suite("Reading JSON of senders")
struct JSONParserTests {
  static func parse(_ text: String) throws -> JSONValue { try JSON.parse(Data(text.utf8)) }

  @Test(
    "Every kind of value is what RFC 8259 says",
    arguments: [
      (
        #"{"a": [1, -2.5, 1e2, true, false, null, "x"]}"#,
        .object([
          "a": .array([.integer(1), .number(-2.5), .number(100), .bool(true), .bool(false), .null, .string("x")])
        ])
      ),
      (#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00""#, .string("\"\\/\u{8}\u{c}\n\r\té😀")),
      ("\u{FEFF} [ ]\r\n\t", .array([])), ("{}", .object([:])), ("-0", .integer(0)),
      ("92233720368547758070", .number(9.2233720368547758e19)), (#"{"a":1,"a":2}"#, .object(["a": .integer(2)])),
      (#""\ud83d x""#, .string("\u{FFFD} x")), (#""\ude00\u0041""#, .string("\u{FFFD}A")),
    ] as [(String, JSONValue)])
  func reads(_ text: String, _ value: JSONValue) throws { #expect(try Self.parse(text) == value) }

  @Test(
    "What is no JSON is refused, and the place is said",
    arguments: [
      "", " ", "{", "[", "[1", "[1,", "[1,]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "nul", "truex", "01", "1.",
      ".5", "-",
      "1e", "+1", "\"", "\"\\x\"", "\"\\u12g4\"", "\"\\u12", "\"\u{1}\"", "1 2", "[1}", "\u{FEFF}", "1e999", "NaN",
      "'a'",
    ])
  func refuses(_ text: String) {
    let failure = #expect(throws: Failure.self) { try Self.parse(text) }
    #expect(failure?.code == .malformed)
    #expect(failure?.message.contains("valid JSON") == true)
  }

  @Test(
    "Bytes that are no UTF-8 are refused",
    arguments: [[0x22, 0xFF, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22]] as [[UInt8]])
  func badBytes(_ bytes: [UInt8]) {
    #expect(throws: Failure.self) { try JSON.parse(Data(bytes)) }
  }

  /// Failure: a body of brackets alone ends the process by using up its stack.
  @Test("Nesting stops at 64, however deep a body goes")
  func depth() throws {
    let nested = { (depth: Int) in String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
    #expect(throws: Never.self) { try Self.parse(nested(64)) }
    #expect(throws: Failure.self) { try Self.parse(nested(65)) }
    #expect(throws: Failure.self) { try Self.parse(String(repeating: "[", count: 1_000_000)) }
  }

  @Test("Whatever it takes, of random pieces put together, Foundation takes for the same")
  func agrees() throws {
    let seed = UInt64.random(in: .min ... .max)
    let random = SeededRandom(seed: seed)
    let parts = [
      "{", "}", "[", "]", ",", ":", "\"a\"", "\"\\u0041\"", "1", "-1.5e3", "true", "null", " ", "\"é\"", "0", "\\",
    ]
    var taken = 0
    for _ in 0..<20_000 {
      let text = (0...random.below(6)).map { _ in random.pick(parts) }.joined()
      guard let value = try? Self.parse(text) else { continue }
      taken += 1
      // Numbers in the way of Foundation, which takes -1500 for whole.
      let reference = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
      #expect(
        reference.map { JSON.write($0) } == JSON.write(value).replacing("-1500.0", with: "-1500"),
        "seed \(seed): \(text)")
    }
    #expect(taken > 500)
  }
}

@Suite("Writing JSON fast")
struct JSONWriteTests {
  @Test(
    "What is written is read back as it was, by Foundation too",
    arguments: [
      "plain", "quote \" backslash \\ slash /", "line\nfeed\rtab\t", "\u{0}\u{1}\u{1F}\u{7F}", "é😀\u{202E}\u{2028}",
    ])
  func roundTrip(_ text: String) throws {
    let value = JSONValue.object([text: .string(text), "b": .array([.integer(-1), .number(2.5), .null, .bool(true)])])
    let written = JSON.write(value)
    #expect(try JSON.parse(Data(written.utf8)) == value)
    #expect(try JSONDecoder().decode(JSONValue.self, from: Data(written.utf8)) == value)
    #expect(!written.unicodeScalars.contains(where: Unseen.contains))
    let labels = JSON.write([text: text, "a": ""])
    #expect(try JSONDecoder().decode([String: String].self, from: Data(labels.utf8)) == [text: text, "a": ""])
  }
}
