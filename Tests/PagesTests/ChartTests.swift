import Foundation
import TestSupport
import Testing

@testable import Pages

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// The elements of a picture, read by a parser that takes no fault.
private final class Drawing: NSObject, XMLParserDelegate {
  var elements: [(name: String, attributes: [String: String])] = []

  init(_ html: String) throws {
    super.init()
    let parser = XMLParser(data: Data(html.utf8))
    parser.delegate = self
    try #require(parser.parse(), "\(parser.parserError.map { "\($0)" } ?? "") in \(html.prefix(400))")
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    elements.append((name, attributes))
  }

  func all(_ name: String) -> [[String: String]] { elements.filter { $0.name == name }.map(\.attributes) }
}

@Suite struct ChartTests {
  private static let parts = [ChartColumns.Part("grave", style: "CRITICAL"), ChartColumns.Part("low", style: "LOW")]

  @Test(arguments: [
    (0, [0, 1]), (1, [0, 1]), (3, [0, 1, 2, 3]), (4, [0, 1, 2, 3, 4]), (5, [0, 2, 4, 6]), (9, [0, 5, 10]),
    (37, [0, 10, 20, 30, 40]), (80, [0, 20, 40, 60, 80]), (81, [0, 50, 100]), (1001, [0, 500, 1000, 1500]),
  ])
  func `A scale has whole, round numbers and reaches the largest value`(_ largest: Int, _ ticks: [Int]) {
    #expect(ChartScale(largest: largest).ticks == ticks)
  }

  @Test func `A scale fits whatever is to be drawn`() {
    for largest in (0...3000).map({ $0 * 7 }) + [1_000_000_007] {
      let scale = ChartScale(largest: largest)
      #expect(scale.end >= largest && (2...5).contains(scale.ticks.count) && scale.ticks.first == 0)
    }
  }

  /// Failure: a column is as high as another one with a different number, or hangs in the air.
  @Test(arguments: [1, 7, 60, 61, 143] as [Int])
  func `Columns are as high as their numbers, stand on each other, and fill the width`(_ count: Int) throws {
    let random = SeededRandom(seed: UInt64(count))
    let columns = (0..<count).map { ChartColumns.Column("\($0)", [random.below(50) + 1, random.below(50) + 1]) }
    let chart = ChartColumns(Self.parts, columns, labels: [])
    let drawing = try Drawing(chart.drawn(id: "c", title: "t", summary: "s").text)
    let rects = drawing.all("rect").map { rect in
      (
        x: Self.share(rect["x"]), y: Self.share(rect["y"]), width: Self.share(rect["width"]),
        height: Self.share(rect["height"])
      )
    }
    #expect(rects.count == 2 * count)
    let largest = columns.map { $0.values.reduce(0, +) }.max() ?? 0
    let scale = Double(ChartScale(largest: largest).end)
    // Of each column its two parts: they share their place from the left.
    let byPlace = Dictionary(grouping: rects) { $0.x }
    #expect(byPlace.count == count)
    for (column, x) in zip(columns, byPlace.keys.sorted()) {
      let parts = try #require(byPlace[x]).sorted { $0.y > $1.y }
      for (part, value) in zip(parts, column.values) {
        // A pixel may be left between two.
        #expect(abs(part.height - 160 * Double(value) / scale) <= 1.02)
      }
      #expect(abs(parts[0].y - (parts[1].y + parts[1].height)) <= 1.02)
      #expect(abs(parts[0].y + parts[0].height - 168) < 0.02)
    }
    #expect(rects.allSatisfy { $0.x >= 0 && $0.x + $0.width <= 100.02 && $0.y >= 8 })
  }

  private static func share(_ text: String?) -> Double { Double((text ?? "").replacing("%", with: "")) ?? .nan }

  @Test func `Marks stand where they are and keep their words inside`() throws {
    let columns = (0..<10).map { ChartColumns.Column("\($0)", [1, 0]) }
    let marks = [ChartColumns.Mark(0, "first"), ChartColumns.Mark(5.5, "p75"), ChartColumns.Mark(10, "last")]
    let chart = ChartColumns(Self.parts, columns, labels: [], marks: marks)
    let drawing = try Drawing(chart.drawn(id: "c", title: "t", summary: "s").text)
    let lines = drawing.all("line").filter { $0["class"] == "mark" }
    #expect(lines.map { $0["x1"] } == ["0%", "55%", "100%"] && lines.allSatisfy { $0["x1"] == $0["x2"] })
    let words = drawing.all("text").filter { $0["class"] == "mark" }
    #expect(words.map { $0["text-anchor"] } == ["start", "end", "end"])
    // Each in a line of its own: none covers another.
    #expect(Set(words.map { $0["y"] }).count == 3)
  }

  /// Failure: the name of a package runs in the browser, or the policy of the page stops the colours.
  @Test(
    arguments: Hostile.allCases.map(\.rawValue) + [
      "</title><script>alert(1)</script>", "<\u{301}script>", "\" onload=\"x",
    ])
  func `Names are text, and nothing has a style of its own`(_ text: String) throws {
    // XML knows no control characters; browsers do.
    let text = String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.value > 31 }))
    let columns = ChartColumns(
      [.init(text, style: "a")], [.init(text, [1])], labels: [.init(0.5, text)], marks: [.init(0.5, text)])
    let bars = ChartBars([.init(text, 3, words: text, style: "a")])
    let pictures = [
      columns.drawn(id: "c", title: text, summary: text), columns.legend,
      bars.drawn(id: "b", title: text, summary: text),
    ]
    for picture in pictures {
      let names = Set(try Drawing(picture.text).elements.map(\.name))
      #expect(names.isSubset(of: ["div", "svg", "title", "desc", "text", "line", "rect", "g", "ul", "li"]), "\(names)")
      #expect(!picture.text.contains("style="))
    }
  }

  @Test func `A picture says what it is to those who do not see it`() throws {
    let chart = ChartColumns(Self.parts, [.init("Monday: 3", [1, 2])], labels: [])
    for text in [
      chart.drawn(id: "x", title: "Per day", summary: "Three").text,
      ChartBars([]).drawn(id: "x", title: "Per day", summary: "Three").text,
    ] {
      let plot = try #require(try Drawing(text).all("svg").last)
      #expect(plot["role"] == "img" && plot["aria-labelledby"] == "x-title x-summary")
      #expect(text.contains("<title id=\"x-title\">Per day</title><desc id=\"x-summary\">Three</desc>"))
    }
    #expect(chart.drawn(id: "x", title: "", summary: "").text.contains("<title>Monday: 3</title>"))
  }

  @Test func `Nothing at all is drawn as nothing`() throws {
    let empty = ChartColumns(Self.parts, [.init("a", [0, 0])], labels: [])
    #expect(try Drawing(empty.drawn(id: "x", title: "t", summary: "s").text).all("rect").isEmpty)
    _ = try Drawing(ChartColumns([], [], labels: []).drawn(id: "x", title: "t", summary: "s").text)
    let bars = try Drawing(
      ChartBars([.init("a", 0, words: "0", style: "any")]).drawn(id: "x", title: "t", summary: "s").text)
    #expect(bars.all("rect").map { $0["width"] } == ["100%", "0%"])
  }

  @Test(arguments: [
    (0.0, "0"), (1, "1"), (0.5, "0.5"), (12.346, "12.35"), (0.004, "0"), (99.999, "100"), (3.05, "3.05"),
  ])
  func `Numbers are as short as they can be`(_ value: Double, _ text: String) {
    #expect(number(value) == text)
  }
}
