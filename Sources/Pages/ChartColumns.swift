import Foundation
import Tocsin

/// Columns over an axis, in parts that stand on each other. It is drawn in shares of the width it gets, while letters keep their
/// size: the same picture is right at 320 pixels and on a wide screen.
public struct ChartColumns: Sendable {
  /// What a part of each column stands for.
  public struct Part: Sendable {
    public let name: String
    /// The class that gives it its colour.
    public let style: String

    public init(_ name: String, style: String) { (self.name, self.style) = (name, style) }
  }

  public struct Column: Sendable {
    /// What is said of it: on hover.
    public let words: String
    /// One for each part, from the bottom.
    public let values: [Int]

    public init(_ words: String, _ values: [Int]) { (self.words, self.values) = (words, values) }
    var total: Int { values.reduce(0, +) }
  }

  /// Words below the axis.
  public struct Label: Sendable {
    /// Where, in columns from the left: 0.5 is the middle of the first.
    public let place: Double
    public let text: String
    /// Whether a narrow screen leaves it out.
    public let isMinor: Bool

    public init(_ place: Double, _ text: String, isMinor: Bool = false) {
      (self.place, self.text, self.isMinor) = (place, text, isMinor)
    }
  }

  /// A line across the columns, with words above.
  public struct Mark: Sendable {
    public let place: Double
    public let text: String

    public init(_ place: Double, _ text: String) { (self.place, self.text) = (place, text) }
  }

  public let parts: [Part]
  public let columns: [Column]
  public let labels: [Label]
  public let marks: [Mark]

  public init(_ parts: [Part], _ columns: [Column], labels: [Label], marks: [Mark] = []) {
    (self.parts, self.columns, self.labels, self.marks) = (parts, columns, labels, marks)
  }
}

extension ChartColumns {
  // In pixels.
  private static let (plotHeight, labelHeight, markHeight) = (160.0, 24.0, 18.0)

  private var top: Double { 8 + Double(marks.count) * Self.markHeight }
  private var bottom: Double { top + Self.plotHeight }
  private var height: Double { bottom + Self.labelHeight }
  private var scale: ChartScale { ChartScale(largest: columns.map(\.total).max() ?? 0) }

  private func y(_ value: Int) -> Double { bottom - Self.plotHeight * Double(value) / Double(scale.end) }
  private func x(_ place: Double) -> Double { 100 * place / Double(max(1, columns.count)) }

  /// - Parameters:
  ///   - id: unique on the page.
  ///   - title: what it shows.
  ///   - summary: what one sees there, for those who do not.
  public func drawn(id: String, title: String, summary: String) -> SafeHTML {
    let axis = scale.ticks.map { tick in
      "<text x=\"100%\" y=\"\(number(y(tick) + 4))\" text-anchor=\"end\">\(tick)</text>"
    }
    let lines = scale.ticks.map { tick in
      "<line class=\"grid\" x1=\"0\" x2=\"100%\" y1=\"\(number(y(tick)))\" y2=\"\(number(y(tick)))\"/>"
    }
    let shapes = isDense ? parts.indices.map(band) : columns.indices.map(column)
    let parts = lines + shapes + labels.map(label) + marks.indices.map(mark)
    return SafeHTML(
      """
      <div class="chart"><svg class="axis" width="32" height="\(number(height))" aria-hidden="true">\(axis.joined())</svg>\
      <svg class="plot" width="100%" height="\(number(height))" role="img" aria-labelledby="\(id)-title \(id)-summary">\
      <title id="\(id)-title">\(HTML.escaped(title))</title><desc id="\(id)-summary">\(HTML.escaped(summary))</desc>\
      \(parts.joined())</svg></div>
      """)
  }

  /// Which colour is what.
  public var legend: SafeHTML {
    let items = parts.map { part in
      "<li><svg class=\"swatch\" width=\"14\" height=\"14\" aria-hidden=\"true\"><rect class=\"\(part.style)\" x=\"1\" y=\"1\" "
        + "width=\"12\" height=\"12\"/></svg> \(HTML.escaped(part.name))</li>"
    }
    return SafeHTML("<ul class=\"legend\">\(items.joined())</ul>")
  }

  /// Of many columns each has few pixels: none is left between them, nobody could point at one, and a page has no room for more.
  private var isDense: Bool { columns.count > 60 }

  /// One column with its words.
  private func column(_ index: Int) -> String {
    let column = columns[index]
    if column.total == 0 { return "" }
    let rects = parts.indices.map { part in
      rect(index, part, share: 0.8).replacing("<rect", with: "<rect class=\"\(parts[part].style)\"")
    }
    return "<g><title>\(HTML.escaped(column.words))</title>\(rects.joined())</g>"
  }

  /// One part of all columns.
  private func band(_ part: Int) -> String {
    "<g class=\"\(parts[part].style)\">\(columns.indices.map { rect($0, part, share: 1) }.joined())</g>"
  }

  private func rect(_ index: Int, _ part: Int, share: Double) -> String {
    let values = columns[index].values
    let below = values[..<part].reduce(0, +)
    if values[part] == 0 { return "" }
    let (from, to) = (y(below), y(below + values[part]))
    // A pixel between two parts, if there is one to spare.
    let gap = share < 1 && below > 0 && from - to > 4 ? 1.0 : 0
    let start = x(Double(index) + (1 - share) / 2)
    return "<rect x=\"\(number(start))%\" width=\"\(number(x(share)))%\" y=\"\(number(to))\" "
      + "height=\"\(number(from - to - gap))\"/>"
  }

  private func label(_ label: Label) -> String {
    let x = x(label.place)
    let style = label.isMinor ? " class=\"minor\"" : ""
    return "<text\(style) x=\"\(number(x))%\" y=\"\(number(bottom + 17))\" text-anchor=\"\(anchor(x))\">"
      + HTML.escaped(label.text) + "</text>"
  }

  /// No letter shall stand outside.
  private func anchor(_ x: Double) -> String { x < 3 ? "start" : x > 97 ? "end" : "middle" }

  private func mark(_ index: Int) -> String {
    let (x, y) = (x(marks[index].place), 14 + Double(index) * Self.markHeight)
    let isLeft = x < 50
    return
      "<line class=\"mark\" x1=\"\(number(x))%\" x2=\"\(number(x))%\" y1=\"\(number(y - 10))\" y2=\"\(number(bottom))\"/>"
      + "<text class=\"mark\" x=\"\(number(x))%\" dx=\"\(isLeft ? 5 : -5)\" y=\"\(number(y))\" "
      + "text-anchor=\"\(isLeft ? "start" : "end")\">\(HTML.escaped(marks[index].text))</text>"
  }
}

/// As short as it can be, in hundredths: pages have thousands.
func number(_ value: Double) -> String {
  let hundredths = Int((value * 100).rounded())
  let (whole, rest) = (hundredths / 100, hundredths % 100)
  if rest == 0 { return String(whole) }
  return "\(whole)." + (rest % 10 == 0 ? String(rest / 10) : (rest < 10 ? "0" : "") + String(rest))
}
