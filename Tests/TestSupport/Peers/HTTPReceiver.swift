import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A fake HTTP vendor on 127.0.0.1: records every request and answers as the test says. A request that the test has no
/// answer for gets 500 and makes ``with(_:_:)`` throw, as do bytes that are not HTTP.
public final class HTTPReceiver: Sendable {
  /// A request as it came.
  public struct Request: Sendable {
    public let method: String
    /// Path and query.
    public let uri: String
    /// By name in lower case; several of one name are joined by `, `.
    public let headers: [String: String]
    public let body: Data
  }

  public indirect enum Answer: Sendable {
    case status(Int, headers: [String: String] = [:], body: String = "")
    /// The status, as if more could follow on the connection, which is then closed.
    case statusThenClose(Int)
    /// The status, the first bytes of a body, and then nothing more.
    case stall(Int, bytes: Int)
    /// Another answer, after so many seconds.
    case after(Double, Answer)
    /// Reads the request and never answers.
    case hang
    /// Reads the request and closes the connection.
    case close
    /// Sends these bytes, which need not be HTTP, and closes.
    case junk(String)
  }

  private struct State {
    var requests: [Request] = []
    var connections = 0
    var faults: [String] = []
  }

  public let port: Int
  private let listener: any Channel
  private let state: Arc<State>

  private init(
    at port: Int, sendersMayDie: Bool, _ answer: @escaping @Sendable (Request) -> Answer?
  ) async throws {
    let state = Arc(State())
    self.state = state
    listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: 256)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          state.value.withLock { $0.connections += 1 }
          try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: false)
          try channel.pipeline.syncOperations.addHandler(
            HTTPReceiverHandler { request in
              let answer = answer(request)
              state.value.withLock { state in
                state.requests.append(request)
                if answer == nil { state.faults.append("unexpected: \(request.method) \(request.uri)") }
              }
              return answer ?? .status(500)
            } fault: { error in
              if sendersMayDie { return }
              state.value.withLock { $0.faults.append("not HTTP: \(error)") }
            })
        }
      }
      .bind(host: "127.0.0.1", port: port).get()
    self.port = listener.localAddress?.port ?? 0
  }

  /// Starts a receiver, and ends it when `body` returns or throws.
  ///
  /// - Parameters:
  ///   - port: where it listens; 0 for a free one.
  ///   - sendersMayDie: whether a request may break off.
  ///   - answer: what to answer to a request; nil for one that must not come.
  public static func with<Result>(
    at port: Int = 0, sendersMayDie: Bool = false, _ answer: @escaping @Sendable (Request) -> Answer?,
    _ body: (HTTPReceiver) async throws -> Result
  ) async throws -> Result {
    let receiver = try await HTTPReceiver(at: port, sendersMayDie: sendersMayDie, answer)
    do {
      let result = try await body(receiver)
      try await receiver.listener.close()
      let faults = receiver.state.value.withLock { $0.faults }
      guard faults.isEmpty else { throw PeerFault(faults.joined(separator: "; ")) }
      return result
    } catch {
      try? await receiver.listener.close()
      throw error
    }
  }

  /// Starts one that lives as long as this process: for senders that keep their connections from one test to the next.
  public static func lasting(
    at port: Int = 0, _ answer: @escaping @Sendable (Request) -> Answer?
  ) async throws -> HTTPReceiver {
    try await HTTPReceiver(at: port, sendersMayDie: true, answer)
  }

  /// The requests so far, oldest first.
  public var requests: [Request] { state.value.withLock { $0.requests } }

  /// How many connections it took so far.
  public var connections: Int { state.value.withLock { $0.connections } }

  /// Its address with `path`.
  public func url(_ path: String = "/hook") -> String { "http://127.0.0.1:\(port)\(path)" }
}

/// A shared value behind a lock.
final class Arc<Value: Sendable>: Sendable {
  let value: Mutex<Value>

  init(_ value: Value) { self.value = Mutex(value) }
}
