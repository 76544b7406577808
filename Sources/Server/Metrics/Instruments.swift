import CoreMetrics
import Synchronization

/// Something with values under one set of labels.
protocol Instrument: AnyObject, Sendable {
  /// Writes its samples.
  func write(_ name: String, _ labels: String, to page: inout Exposition)
}

final class CountInstrument: Instrument, CounterHandler, FloatingPointCounterHandler {
  private let value = Mutex(0.0)

  func increment(by amount: Int64) { increment(by: Double(amount)) }
  func increment(by amount: Double) { if amount > 0 { value.withLock { $0 += amount } } }
  func reset() { value.withLock { $0 = 0 } }

  func write(_ name: String, _ labels: String, to page: inout Exposition) {
    page.sample(name, labels, value.withLock { $0 })
  }
}

final class GaugeInstrument: Instrument, MeterHandler, RecorderHandler {
  private let value = Mutex(0.0)

  func set(_ value: Int64) { set(Double(value)) }
  func set(_ value: Double) { self.value.withLock { $0 = value } }
  func increment(by amount: Double) { value.withLock { $0 += amount } }
  func decrement(by amount: Double) { value.withLock { $0 -= amount } }
  func record(_ value: Int64) { set(value) }
  func record(_ value: Double) { set(value) }

  func write(_ name: String, _ labels: String, to page: inout Exposition) {
    page.sample(name, labels, value.withLock { $0 })
  }
}

final class HistogramInstrument: Instrument, TimerHandler, RecorderHandler {
  private struct State {
    /// How many fell into each bucket, and at the end those above all bounds.
    var counts: [Int]
    var sum = 0.0
  }

  /// Upper bounds, ascending.
  private let bounds: [Double]
  private let state: Mutex<State>

  init(_ bounds: [Double]) {
    self.bounds = bounds
    state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
  }

  func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
  func record(_ value: Int64) { record(Double(value)) }

  func record(_ value: Double) {
    let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
    state.withLock { state in
      state.counts[bucket] += 1
      state.sum += value
    }
  }

  func write(_ name: String, _ labels: String, to page: inout Exposition) {
    let state = state.withLock { $0 }
    let prefix = labels.isEmpty ? "" : labels + ","
    var total = 0
    for (bound, count) in zip(bounds + [.infinity], state.counts) {
      total += count
      page.sample(name + "_bucket", "\(prefix)le=\"\(Exposition.number(bound))\"", Double(total))
    }
    page.sample(name + "_sum", labels, state.sum)
    page.sample(name + "_count", labels, Double(total))
  }
}
