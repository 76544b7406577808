import CoreMetrics
import Synchronization
import Tocsin

/// A backend of swift-metrics that keeps all values in memory, for Prometheus to fetch. Timers are histograms in seconds.
///
/// A family takes ``largestFamily`` series; what more is asked for shares one in which every label is `other`, so that whoever
/// chooses labels cannot fill the memory.
public final class PrometheusMetrics: MetricsFactory {
  /// Series.
  static let largestFamily = 1000
  private static let largestRegistry = 1000
  private static let largestMemory = 1000
  /// Characters.
  private static let longestLabel = 200

  private struct Family {
    var type: String
    var series: [String: any Instrument] = [:]
  }

  private struct Question: Hashable {
    let kind: String
    let label: String
    let dimensions: [String]

    init(_ kind: String, _ label: String, _ dimensions: [(String, String)]) {
      self.kind = kind
      self.label = label
      self.dimensions = dimensions.flatMap { [$0, $1] }
    }
  }

  private let declared: [String: Series]
  private let families = Mutex<[String: Family]>([:])
  /// What was asked for before, by the very words: names and labels need not be cleaned again for every request.
  private let known = Mutex<[Question: any Instrument]>([:])

  /// - Parameter series: what is known about names beforehand; others get a histogram of answer times and their name as help.
  public init(_ series: [Series] = Telemetry.all) {
    declared = Dictionary(series.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    counter(label, dimensions)
  }

  public func makeFloatingPointCounter(
    label: String, dimensions: [(String, String)]
  ) -> any FloatingPointCounterHandler { counter(label, dimensions) }

  public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    recall("meter", label, dimensions) {
      instrument(Exposition.name(label), "gauge", dimensions) { GaugeInstrument() }
    }
  }

  public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
    let name = Exposition.name(label)
    if !aggregate { return instrument(name, "gauge", dimensions) { GaugeInstrument() } }
    return instrument(name, "histogram", dimensions) { HistogramInstrument(bounds(name)) }
  }

  public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    recall("timer", label, dimensions) { () -> HistogramInstrument in
      let name = Self.ending(Exposition.name(label), "_seconds")
      return instrument(name, "histogram", dimensions) { HistogramInstrument(bounds(name)) }
    }
  }

  public func destroyCounter(_ handler: any CounterHandler) { remove(handler) }
  public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { remove(handler) }
  public func destroyMeter(_ handler: any MeterHandler) { remove(handler) }
  public func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }
  public func destroyTimer(_ handler: any TimerHandler) { remove(handler) }

  /// Writes all families in the order of their names.
  func write(to page: inout Exposition) {
    for (name, family) in families.withLock({ $0 }).sorted(by: { $0.key < $1.key }) where !family.series.isEmpty {
      page.family(name, family.type, declared[name]?.help ?? name)
      for (labels, instrument) in family.series.sorted(by: { $0.key < $1.key }) {
        instrument.write(name, labels, to: &page)
      }
    }
  }
}

extension PrometheusMetrics {
  private func counter(_ label: String, _ dimensions: [(String, String)]) -> CountInstrument {
    recall("counter", label, dimensions) {
      instrument(Self.ending(Exposition.name(label), "_total"), "counter", dimensions) { CountInstrument() }
    }
  }

  private func recall<Kind: Instrument>(
    _ kind: String, _ label: String, _ dimensions: [(String, String)], _ find: () -> Kind
  ) -> Kind {
    let question = Question(kind, label, dimensions)
    return known.withLock { known in
      if let instrument = known[question] as? Kind { return instrument }
      // Under the lock, or it might be removed before it is remembered, and count for nobody from then on.
      let instrument = find()
      if known.count < Self.largestMemory { known[question] = instrument }
      return instrument
    }
  }

  /// The instrument of these labels, made when it is new. One that is asked for as something else than it is, or in one family
  /// too many, is counted and never shown.
  private func instrument<Kind: Instrument>(
    _ name: String, _ type: String, _ dimensions: [(String, String)], _ make: () -> Kind
  ) -> Kind {
    let labels = Self.labels(dimensions)
    return families.withLock { families in
      guard families[name] != nil || families.count < Self.largestRegistry else { return make() }
      var key = Exposition.labels(labels)
      if let known = families[name]?.series[key] { return known as? Kind ?? make() }
      guard families[name, default: Family(type: type)].type == type else { return make() }
      if families[name]?.series.count ?? 0 >= Self.largestFamily {
        key = Exposition.labels(labels.map { ($0.0, "other") })
        if let rest = families[name]?.series[key] { return rest as? Kind ?? make() }
      }
      let new = make()
      families[name, default: Family(type: type)].series[key] = new
      return new
    }
  }

  private func remove(_ handler: AnyObject) {
    known.withLock { known in
      known = known.filter { $0.value !== handler }
      families.withLock { families in
        for name in families.keys {
          guard let key = families[name]?.series.first(where: { $0.value === handler })?.key else { continue }
          families[name]?.series[key] = nil
        }
      }
    }
  }

  private func bounds(_ name: String) -> [Double] {
    if case .histogram(let bounds)? = declared[name]?.kind { return bounds }
    return [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
  }

  /// Every name once; `le` belongs to histograms.
  private static func labels(_ dimensions: [(String, String)]) -> [(String, String)] {
    var names: Set<String> = []
    return dimensions.compactMap { name, value in
      let name = name == "le" ? "_le" : Exposition.name(name)
      return names.insert(name).inserted ? (name, String(value.prefix(longestLabel))) : nil
    }
  }

  private static func ending(_ name: String, _ suffix: String) -> String {
    name.hasSuffix(suffix) ? name : name + suffix
  }
}
