import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// A client that speaks no protocol: it sends bytes, and keeps what comes.
public final class Wire: Sendable {
  fileprivate struct Heard {
    var bytes: [UInt8] = []
    var isClosed = false
  }

  private let channel: any Channel
  private let heard: HeardBox

  fileprivate final class HeardBox: Sendable {
    let value = Mutex(Heard())
  }

  private init(_ channel: any Channel, _ heard: HeardBox) {
    self.channel = channel
    self.heard = heard
  }

  deinit { channel.close(promise: nil) }

  /// - Parameter reads: false for one that never reads anything.
  public static func connect(port: Int, reads: Bool = true) async throws -> Wire {
    let heard = HeardBox()
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.autoRead, value: reads)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Ear(heard)) }
      }
      .connect(host: "127.0.0.1", port: port).get()
    return Wire(channel, heard)
  }

  /// Sends without waiting for anybody to read it. What cannot be sent any more is forgotten.
  public func send(_ text: String) { send(Array(text.utf8)) }

  public func send(_ bytes: [UInt8]) { channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }

  /// Says that no more will come.
  public func finish() { channel.close(mode: .output, promise: nil) }

  /// Everything that came so far.
  public var text: String { String(decoding: heard.value.withLock { $0.bytes }, as: UTF8.self) }
  /// Whether the other end has closed.
  public var isClosed: Bool { heard.value.withLock { $0.isClosed } }
  /// Whether the other end refuses what we send: for a wire that does not read, the only way to know.
  public var isBroken: Bool {
    send("x")
    return !channel.isActive
  }
  /// The statuses of all answers so far, 100 included.
  public var statuses: [Int] { text.matches(of: /HTTP\/1\.1 (\d{3})\s/).compactMap { Int($0.1) } }

  /// Everything that comes until the other end closes.
  public func end(within seconds: Double = 20) async throws -> String {
    try await eventually("the other end closed; so far: \(text.prefix(500))", within: seconds) {
      isClosed ? text : nil
    }
  }

  private final class Ear: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let heard: HeardBox

    init(_ heard: HeardBox) { self.heard = heard }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let bytes = unwrapInboundIn(data).readableBytesView
      heard.value.withLock { $0.bytes += bytes }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      if event as? ChannelEvent == .inputClosed { heard.value.withLock { $0.isClosed = true } }
    }

    func channelInactive(context: ChannelHandlerContext) { heard.value.withLock { $0.isClosed = true } }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }
}
