import NIOCore
import NIOPosix

/// Listens where nobody may connect, and counts who does.
public final class Canary: Sendable {
  public let port: Int
  private let listeners: [any Channel]
  private let count: Counter

  private init() async throws {
    let count = Counter()
    self.count = count
    let server = ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .childChannelInitializer { channel in
        count.increment()
        return channel.close()
      }
    let first = try await server.bind(host: "127.0.0.1", port: 0).get()
    port = first.localAddress?.port ?? 0
    // The same port on IPv6, where the machine has it.
    let second = try? await server.bind(host: "::1", port: port).get()
    listeners = [first] + (second.map { [$0] } ?? [])
  }

  /// Connections so far, on IPv4 and IPv6.
  public var connections: Int { count.count }

  /// Starts one, and ends it when `body` returns or throws.
  public static func with<Result>(_ body: (Canary) async throws -> Result) async throws -> Result {
    let canary = try await Canary()
    do {
      let result = try await body(canary)
      for listener in canary.listeners { try await listener.close() }
      return result
    } catch {
      for listener in canary.listeners { try? await listener.close() }
      throw error
    }
  }
}
