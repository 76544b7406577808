import Foundation
import Tocsin

/// Bars that lie below each other, each with its name and its number above it.
public struct ChartBars: Sendable {
  public struct Bar: Sendable {
    public let name: String
    public let value: Int
    /// What stands beside the number.
    public let words: String
    /// The class that gives it its colour.
    public let style: String

    public init(_ name: String, _ value: Int, words: String, style: String) {
      (self.name, self.value, self.words, self.style) = (name, value, words, style)
    }
  }

  public let bars: [Bar]

  public init(_ bars: [Bar]) { self.bars = bars }

  /// In pixels, of a bar with its words.
  private static let height = 38.0
  /// More would not fit beside its number on a narrow screen.
  private static let longestName = 24

  /// - Parameters:
  ///   - id: unique on the page.
  ///   - title: what it shows.
  ///   - summary: what one sees there, for those who do not.
  public func drawn(id: String, title: String, summary: String) -> SafeHTML {
    let height = number(Double(bars.count) * Self.height)
    return SafeHTML(
      """
      <div class="chart"><svg class="plot" width="100%" height="\(height)" role="img" \
      aria-labelledby="\(id)-title \(id)-summary"><title id="\(id)-title">\(HTML.escaped(title))</title>\
      <desc id="\(id)-summary">\(HTML.escaped(summary))</desc>\(bars.indices.map(drawn).joined())</svg></div>
      """)
  }

  private func drawn(_ index: Int) -> String {
    let (bar, y) = (bars[index], Double(index) * Self.height)
    let largest = bars.map(\.value).max() ?? 0
    let share = largest == 0 ? 0 : 100 * Double(bar.value) / Double(largest)
    let name = bar.name.count > Self.longestName ? bar.name.prefix(Self.longestName - 1) + "…" : bar.name[...]
    return "<g><title>\(HTML.escaped("\(bar.name): \(bar.words)"))</title>"
      + "<text x=\"0\" y=\"\(number(y + 14))\">\(HTML.escaped(String(name)))</text>"
      + "<text x=\"100%\" y=\"\(number(y + 14))\" text-anchor=\"end\">\(HTML.escaped(bar.words))</text>"
      + "<rect class=\"track\" x=\"0\" y=\"\(number(y + 20))\" width=\"100%\" height=\"10\"/>"
      + "<rect class=\"\(bar.style)\" x=\"0\" y=\"\(number(y + 20))\" width=\"\(number(share))%\" height=\"10\"/></g>"
  }
}
