import NIOCore
import NIOPosix
import Synchronization

/// Relays connections to a MariaDB server and, once armed, cuts the one on which the next COMMIT passes.
public final class CommitCutter: Sendable {
  public enum Cut: Sendable {
    /// The server never gets the COMMIT.
    case beforeServer
    /// The server gets it, and its answer is thrown away.
    case beforeClient
  }

  fileprivate struct State {
    var cut: Cut?
    var cuts = 0
    var refusesThen = false
    var refuses = false
  }

  fileprivate let state = Mutex(State())
  private let listener: any Channel
  public var port: Int { listener.localAddress?.port ?? 0 }
  /// How often it has cut.
  public var cuts: Int { state.withLock { $0.cuts } }

  public init(to port: Int) async throws {
    let box = Box()
    listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .childChannelInitializer { client in
        guard let cutter = box.cutter.withLock({ $0 }), !cutter.state.withLock({ $0.refuses }) else {
          return client.close()
        }
        return ClientBootstrap(group: client.eventLoop)
          .channelInitializer { server in
            server.eventLoop.makeCompletedFuture {
              try server.pipeline.syncOperations.addHandler(Answers(client, cutter))
            }
          }
          .connect(host: "127.0.0.1", port: port)
          .flatMapThrowing { server in
            try client.pipeline.syncOperations.addHandler(Requests(server, cutter))
          }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    box.cutter.withLock { $0 = self }
  }

  deinit { listener.close(promise: nil) }

  /// - Parameter thenRefuse: take no connection any more after the cut.
  public func arm(_ cut: Cut, thenRefuse: Bool = false) {
    state.withLock { ($0.cut, $0.refusesThen) = (cut, thenRefuse) }
  }

  /// What to do with a request: nil when it is no COMMIT, or nothing is armed.
  fileprivate func cut(_ request: ByteBuffer) -> Cut? {
    // A packet: three bytes of length, its number, 3 for a query, and the text (mariadb.com/kb/en/com_query).
    guard let text = request.getString(at: request.readerIndex + 5, length: request.readableBytes - 5), text == "COMMIT"
    else { return nil }
    return state.withLock { state in
      defer { state.cut = nil }
      if state.cut != nil {
        state.cuts += 1
        state.refuses = state.refusesThen
      }
      return state.cut
    }
  }

  private final class Box: Sendable {
    let cutter = Mutex<CommitCutter?>(nil)
  }
}

private final class Requests: ChannelInboundHandler, Sendable {
  typealias InboundIn = ByteBuffer
  private let server: any Channel
  private let cutter: CommitCutter

  init(_ server: any Channel, _ cutter: CommitCutter) {
    self.server = server
    self.cutter = cutter
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let request = unwrapInboundIn(data)
    switch request.readableBytes > 5 ? cutter.cut(request) : nil {
    case nil: server.writeAndFlush(request, promise: nil)
    case .beforeServer?: server.close(promise: nil)
    case .beforeClient?:
      // The client is gone before the server answers.
      server.writeAndFlush(request, promise: nil)
      context.close(promise: nil)
    }
  }

  func channelInactive(context: ChannelHandlerContext) { server.close(promise: nil) }
}

private final class Answers: ChannelInboundHandler, Sendable {
  typealias InboundIn = ByteBuffer
  private let client: any Channel
  private let cutter: CommitCutter

  init(_ client: any Channel, _ cutter: CommitCutter) {
    self.client = client
    self.cutter = cutter
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    client.writeAndFlush(unwrapInboundIn(data), promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) { client.close(promise: nil) }
}
