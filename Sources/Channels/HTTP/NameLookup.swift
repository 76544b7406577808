import Foundation

/// Looks host names up, by the system's own rules (`getaddrinfo`).
enum NameLookup {
  private static let threads = BlockingThreads(limit: 4)

  /// The addresses of `name`, best first; empty when it has none, or when that is not known in `seconds`.
  static func addresses(of name: String, within seconds: Double) async -> [IPAddress] {
    let answer = Answer<[IPAddress]>()
    Task { answer.give(await threads.run(waiting: seconds) { ask(name) }) }
    return await answer.value(within: seconds) ?? []
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
