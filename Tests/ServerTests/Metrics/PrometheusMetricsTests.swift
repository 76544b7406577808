import CoreMetrics
import Foundation
import Testing
import Tocsin

@testable import Server

@Suite struct PrometheusMetricsTests {
  private let metrics = PrometheusMetrics([
    Series("jobs_total", .counter, "Jobs\ndone, C:\\ by whom."), Series("size", .histogram([1, 10]), "Sizes."),
  ])

  private var lines: [String] {
    var page = Exposition()
    metrics.write(to: &page)
    return page.text.split(separator: "\n").map(String.init)
  }

  @Test func `A counter is told with its help and type, and hostile text cannot end a line or a label`() {
    metrics.makeCounter(label: "jobs_total", dimensions: [("who", "a\"} 9\nb\\"), ("2nd-way", "x")]).increment(by: 3)
    #expect(
      lines == [
        #"# HELP jobs_total Jobs\ndone, C:\\ by whom."#, "# TYPE jobs_total counter",
        #"jobs_total{who="a\"} 9\nb\\",_2nd_way="x"} 3"#,
      ])
  }

  @Test func `A histogram counts up to each bound, the bound included, and above all of them`() {
    let sizes = metrics.makeRecorder(label: "size", dimensions: [("kind", "a")], aggregate: true)
    for value in [1.0, 1.5, 10, 99] { sizes.record(value) }
    #expect(
      lines == [
        "# HELP size Sizes.", "# TYPE size histogram", #"size_bucket{kind="a",le="1"} 1"#,
        #"size_bucket{kind="a",le="10"} 3"#, #"size_bucket{kind="a",le="+Inf"} 4"#, #"size_sum{kind="a"} 111.5"#,
        #"size_count{kind="a"} 4"#,
      ])
  }

  @Test func `A timer of somebody else is a histogram in seconds, whatever it is called`() {
    metrics.makeTimer(label: "pool.wait", dimensions: [("le", "x")]).recordNanoseconds(20_000_000)
    #expect(lines.contains("# TYPE pool_wait_seconds histogram"))
    #expect(lines.contains(#"pool_wait_seconds_bucket{_le="x",le="0.01"} 0"#))
    #expect(lines.contains(#"pool_wait_seconds_bucket{_le="x",le="0.025"} 1"#))
    #expect(lines.contains(#"pool_wait_seconds_sum{_le="x"} 0.02"#))
  }

  @Test func `The same name and labels are one series, also for many at once`() async {
    await withDiscardingTaskGroup { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<500 {
            metrics.makeCounter(label: "jobs", dimensions: [("who", "a")]).increment(by: 1)
            metrics.makeMeter(label: "busy", dimensions: []).increment(by: 1)
          }
        }
      }
    }
    #expect(lines.contains(#"jobs_total{who="a"} 4000"#))
    #expect(lines.contains("busy 4000"))
  }

  /// Failure: it is remembered after it was removed, and whatever is counted from then on is nowhere.
  @Test func `A counter that is made and destroyed by many at once is told when it is made again`() async {
    await withDiscardingTaskGroup { group in
      for _ in 0..<4 {
        group.addTask {
          for _ in 0..<1000 { metrics.destroyCounter(metrics.makeCounter(label: "jobs", dimensions: [])) }
        }
      }
    }
    metrics.destroyCounter(metrics.makeCounter(label: "jobs", dimensions: []))
    metrics.makeCounter(label: "jobs", dimensions: []).increment(by: 7)
    #expect(lines.contains("jobs_total 7"))
  }

  /// Failure: somebody removes it just before another remembers it, and what is counted from then on is nowhere.
  @Test func `A counter that some make while another destroys it is told from then on`() {
    for round in 0..<300 {
      let label = "jobs\(round)"
      let group = DispatchGroup()
      // Threads, which are stopped anywhere.
      for thread in 0..<6 {
        group.enter()
        Thread.detachNewThread { [metrics] in
          for _ in 0..<20 {
            let counter = metrics.makeCounter(label: label, dimensions: [])
            if thread == 0 { metrics.destroyCounter(counter) }
          }
          group.leave()
        }
      }
      group.wait()
      metrics.makeCounter(label: label, dimensions: []).increment(by: 7)
    }
    #expect(lines.filter { $0.hasSuffix("_total 7") }.count == 300)
  }

  /// Failure: whoever chooses labels fills the memory, and Prometheus with it.
  @Test func `Beyond the largest family, what comes shares one series, and nothing is lost`() {
    for index in 0..<PrometheusMetrics.largestFamily + 500 {
      metrics.makeCounter(label: "jobs", dimensions: [("who", "\(index)")]).increment(by: 1)
    }
    let samples = lines.filter { !$0.hasPrefix("#") }
    #expect(samples.count == PrometheusMetrics.largestFamily + 1)
    #expect(samples.contains(#"jobs_total{who="other"} 500"#))
    metrics.makeCounter(label: "jobs", dimensions: [("who", "7")]).increment(by: 1)
    #expect(lines.contains(#"jobs_total{who="7"} 2"#))
  }

  @Test func `A long label is cut`() {
    let long = String(repeating: "x", count: 10_000)
    metrics.makeCounter(label: "jobs", dimensions: [("who", long)]).increment(by: 1)
    #expect(lines.allSatisfy { $0.utf8.count < 300 })
  }

  @Test func `A name that is used as two things stays what it was first`() {
    metrics.makeCounter(label: "x_total", dimensions: []).increment(by: 1)
    metrics.makeMeter(label: "x_total", dimensions: []).set(7.0)
    metrics.makeMeter(label: "x_total", dimensions: [("a", "b")]).set(7.0)
    #expect(lines == ["# HELP x_total x_total", "# TYPE x_total counter", "x_total 1"])
  }

  @Test func `What is destroyed is not told any more`() {
    let counter = metrics.makeCounter(label: "x", dimensions: [])
    counter.increment(by: 1)
    metrics.destroyCounter(counter)
    #expect(lines.isEmpty)
  }

  @Test func `Numbers are as Prometheus reads them`() {
    let numbers = [0, 3, 0.25, 1e-7, -2, .infinity, -.infinity, .nan, 12_345_678_901_234].map(Exposition.number)
    #expect(numbers == ["0", "3", "0.25", "1e-07", "-2", "+Inf", "-Inf", "NaN", "12345678901234"])
  }
}
