import AsyncHTTPClient
import NIOCore
import Synchronization

/// The HTTP clients of this process. They take no proxy from the environment, follow no redirect and unpack no
/// compressed answer: one of a few kilobytes could fill the memory.
final class HTTPClients: Sendable {
  /// A host, and the one address of it that was found fit to connect to; nil to look it up.
  struct Pin: Hashable, Sendable {
    /// As it stands in the URL.
    let host: String
    var address: String?
  }

  private struct Entry {
    let client: HTTPClient
    var users = 0
    var lastUse: ContinuousClock.Instant
  }

  /// Those of this process. They end with it.
  static let shared = HTTPClients(limit: 32)

  private let limit: Int
  private let entries = Mutex<[Pin: Entry]>([:])

  /// - Parameter limit: clients that are kept while nobody uses them.
  init(limit: Int) { self.limit = limit }

  /// How many clients there are.
  var count: Int { entries.withLock { $0.count } }

  /// Calls `body` with a client for this host. It connects to the pin's address, if there is one, whatever the name service
  /// says, while `Host`, SNI and the check of the certificate keep the host's name.
  func with<Value: Sendable>(_ pin: Pin, _ body: (HTTPClient) async throws -> Value) async throws -> Value {
    let client = lend(pin)
    defer { giveBack(pin) }
    return try await body(client)
  }

  /// Ends all clients. For tests.
  func shutDown() async {
    let clients = entries.withLock { entries in
      defer { entries = [:] }
      return entries.values.map(\.client)
    }
    for client in clients { try? await client.shutdown() }
  }

  private func lend(_ pin: Pin) -> HTTPClient {
    entries.withLock { entries in
      var entry = entries[pin] ?? Entry(client: Self.client(Self.configuration(pin)), lastUse: .now)
      entry.users += 1
      entries[pin] = entry
      return entry.client
    }
  }

  /// Beyond the limit, the one that was unused for longest goes.
  private func giveBack(_ pin: Pin) {
    let evicted: HTTPClient? = entries.withLock { entries in
      entries[pin]?.users -= 1
      entries[pin]?.lastUse = .now
      guard entries.count > limit else { return nil }
      let oldest = entries.filter { $0.value.users == 0 }.min { $0.value.lastUse < $1.value.lastUse }
      return oldest.flatMap { entries.removeValue(forKey: $0.key)?.client }
    }
    guard let evicted else { return }
    Task { try? await evicted.shutdown() }
  }

  private static func client(_ configuration: HTTPClient.Configuration) -> HTTPClient {
    HTTPClient(eventLoopGroupProvider: .shared(HTTPClient.defaultEventLoopGroup), configuration: configuration)
  }

  private static func configuration(_ pin: Pin) -> HTTPClient.Configuration {
    var configuration = HTTPClient.Configuration()
    configuration.redirectConfiguration = .disallow
    configuration.decompression = .disabled
    configuration.timeout.connect = .milliseconds(Int64(TimeOuts().connect * 1000))
    configuration.httpVersion = .http1Only
    // Many servers close a connection that is idle for 5 seconds. One that we close before cannot be closed under a
    // request, whose fate nobody would know.
    configuration.connectionPool.idleTimeout = .seconds(4)
    // What cannot be reached is tried again by the outbox, which says so to people meanwhile.
    configuration.connectionPool.retryConnectionEstablishment = false
    if let address = pin.address { configuration.dnsOverride = [pin.host: address] }
    // A hook for debugging by its name; it runs before a connection is used, and a failure ends it.
    configuration.http1_1ConnectionDebugInitializer = { HTTPCertificate.check($0, for: pin.host) }
    return configuration
  }
}
