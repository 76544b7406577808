import Foundation
import Synchronization

/// Looks host names up, by the system's own rules (`getaddrinfo`).
enum NameLookup {
  private static let threads = BlockingThreads(limit: 4)

  /// The addresses of `name`, best first; empty when it has none, or when that is not known in `seconds`.
  static func addresses(of name: String, within seconds: Double) async -> [IPAddress] {
    let deadline = ContinuousClock.now + .seconds(seconds)
    return await withCheckedContinuation { continuation in
      let once = Once(continuation)
      Task { once.resume(await threads.run { ContinuousClock.now < deadline ? ask(name) : [] }) }
      Task {
        try? await Task.sleep(until: deadline, clock: .continuous)
        once.resume([])
      }
    }
  }

  private static func ask(_ name: String) -> [IPAddress] {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_ADDRCONFIG
    var first: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(name, nil, &hints, &first) == 0 else { return [] }
    defer { freeaddrinfo(first) }
    let entries = sequence(first: first) { $0?.pointee.ai_next }.prefix { $0 != nil }
    return entries.compactMap { $0?.pointee.ai_addr.flatMap { IPAddress($0) } }
  }
}

/// A continuation that several may resume; the first one counts.
private final class Once<Value: Sendable>: Sendable {
  private let waiting: Mutex<CheckedContinuation<Value, Never>?>

  init(_ continuation: CheckedContinuation<Value, Never>) { waiting = Mutex(continuation) }

  func resume(_ value: Value) {
    let continuation = waiting.withLock { waiting in
      defer { waiting = nil }
      return waiting
    }
    continuation?.resume(returning: value)
  }
}
