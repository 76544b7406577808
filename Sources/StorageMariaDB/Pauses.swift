import Foundation

/// Pauses between tries: 10 ms, then twice as long each time up to 2 s, give or take a half, so that those who stood in each
/// other's way do not meet again.
struct Pauses {
  private let most: Int
  private var tries = 1

  /// - Parameter most: tries, the first one included.
  init(_ most: Int) { self.most = most }

  /// Counts a try that failed: whether there is another.
  mutating func goOn() -> Bool {
    tries += 1
    return tries <= most
  }

  func pause() {
    let seconds = min(0.01 * pow(2, Double(tries - 2)), 2)
    Thread.sleep(forTimeInterval: seconds * Double.random(in: 0.5...1.5))
  }
}
