import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// An HTTP server on 127.0.0.1, in this process. It notes when it has read a request, and answers as told.
final class Receiver: Sendable {
  enum Answer: Sendable {
    case status(Int)
    /// Reads, and says nothing more.
    case never
  }

  /// What came so far.
  struct Log: Sendable {
    var requests = 0
    /// When the last request had been read.
    var lastAt = ContinuousClock.now
    /// How often each message was accepted, by its `webhook-id`.
    var accepted: [String: Int] = [:]
  }

  private struct State {
    var log = Log()
    var answer: Answer

    mutating func take(_ id: String?) -> Answer {
      log.requests += 1
      log.lastAt = .now
      if case .status(200) = answer { log.accepted[id ?? "", default: 0] += 1 }
      return answer
    }
  }

  /// A thread of its own: the sender's are not to wait for the receiver.
  private static let threads = MultiThreadedEventLoopGroup(numberOfThreads: 1)

  let port: Int
  private let listener: any NIOCore.Channel
  private let state: Shared<State>

  init(_ answer: Answer = .status(200)) async throws {
    let state = Shared(State(answer: answer))
    self.state = state
    listener = try await ServerBootstrap(group: Self.threads)
      .serverChannelOption(.backlog, value: 256)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(
            ReceiverHandler { id in state.value.withLock { $0.take(id) } })
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    port = listener.localAddress?.port ?? 0
  }

  var url: String { "http://127.0.0.1:\(port)/hook" }
  var log: Log { state.value.withLock { $0.log } }

  /// Answers this way from now on.
  func answer(_ answer: Answer) { state.value.withLock { $0.answer = answer } }

  func close() async throws { try await listener.close() }
}

/// A value behind a lock, shared.
final class Shared<Value: Sendable>: Sendable {
  let value: Mutex<Value>

  init(_ value: Value) { self.value = Mutex(value) }
}

private final class ReceiverHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let take: (String?) -> Receiver.Answer
  private var id: String?

  init(_ take: @escaping (String?) -> Receiver.Answer) { self.take = take }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): id = head.headers.first(name: "webhook-id")
    case .body: break
    case .end:
      guard case .status(let status) = take(id) else { return }
      let head = HTTPResponseHead(
        version: .http1_1, status: .init(statusCode: status), headers: ["content-length": "0"])
      context.write(wrapOutboundOut(.head(head)), promise: nil)
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
  }
}
