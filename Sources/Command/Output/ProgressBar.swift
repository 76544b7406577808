import Foundation
import Synchronization
import Tocsin

/// How far a long work is: a bar that moves on a terminal's stderr, a line every ten seconds anywhere else.
final class ProgressBar: Sendable {
  private let last = Mutex<(stage: String, at: ContinuousClock.Instant)>(("", .now))
  private let isShown: Bool

  init(_ output: Output) { isShown = !output.json && !output.quiet }

  /// - Parameter unit: what is counted.
  func show(_ stage: String, _ detail: String, _ done: Int, of total: Int, _ unit: String) {
    guard isShown else { return }
    let isDue = last.withLock { last in
      let pause: Duration = Terminal.isHeard ? .milliseconds(100) : .seconds(10)
      guard last.stage != stage && Terminal.isHeard || last.at.duration(to: .now) >= pause else { return false }
      last = (stage, .now)
      return true
    }
    guard isDue else { return }
    let percent = total == 0 ? 100 : min(100, done * 100 / total)
    let words = "\(stage) \(percent) %, \(done) of \(total) \(unit), \(detail)"
    guard Terminal.isHeard else { return Terminal.complain(words) }
    let bar = String(repeating: "#", count: percent / 5) + String(repeating: ".", count: 20 - percent / 5)
    Terminal.draw("[\(bar)] \(words)".cut(to: Screen.width - 1))
  }

  /// Leaves the line to what comes.
  func end() { if isShown, Terminal.isHeard { Terminal.draw("") } }
}
