import Synchronization

/// Random numbers that come out the same for the same seed (SplitMix64). Print the seed where a test fails by it.
public final class SeededRandom: Sendable {
  /// What it started from.
  public let seed: UInt64
  private let state: Mutex<UInt64>

  public init(seed: UInt64) {
    self.seed = seed
    state = Mutex(seed)
  }

  /// The next 64 bits.
  public func next() -> UInt64 {
    var bits = state.withLock { state in
      state &+= 0x9E37_79B9_7F4A_7C15
      return state
    }
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }

  /// A number from 0 up to, but not including, `limit`.
  public func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

  /// One of `choices`.
  public func pick<T>(_ choices: [T]) -> T { choices[below(choices.count)] }
}
