/// Where lines with whole numbers stand beside a chart.
struct ChartScale: Equatable {
  /// From 0 up to ``end``.
  let ticks: [Int]
  /// The number at the top: the largest value or a little more.
  var end: Int { ticks.last ?? 1 }

  /// - Parameter largest: the largest value that is drawn.
  init(largest: Int) {
    // 1, 2, 5, 10, 20, 50 …: the first of them by which four steps reach far enough.
    var (step, factor) = (1, 0)
    while step * 4 < largest {
      step = [2, 5, 10][factor % 3] * (0..<(factor / 3)).reduce(1) { power, _ in power * 10 }
      factor += 1
    }
    let count = max(1, (largest + step - 1) / step)
    ticks = (0...count).map { $0 * step }
  }
}
