import Foundation
import NIOCore
import NIOPosix
import Synchronization
import TestSupport

/// A reader of live events that keeps nothing but their numbers: hundreds of them fit into a test.
final class EventReader: Sendable {
  private final class Heard: Sendable {
    let ids = Mutex<[Int]>([])
    let status = Mutex("")
    let isClosed = Mutex(false)
  }

  private let channel: any Channel
  private let heard: Heard

  private init(_ channel: any Channel, _ heard: Heard) {
    self.channel = channel
    self.heard = heard
  }

  deinit { channel.close(promise: nil) }

  /// - Parameter reads: false for one that asks and never reads.
  static func open(_ port: Int, token: String, after last: Int? = nil, reads: Bool = true) async throws -> EventReader {
    let heard = Heard()
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.autoRead, value: reads)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Ear(heard)) }
      }
      .connect(host: "127.0.0.1", port: port).get()
    let resume = last.map { "Last-Event-ID: \($0)\r\n" } ?? ""
    let request =
      "GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(token)\r\n\(resume)\r\n"
    channel.writeAndFlush(ByteBuffer(string: request), promise: nil)
    let reader = EventReader(channel, heard)
    guard reads else { return reader }
    _ = try await eventually("the stream began", within: 40) { heard.status.withLock { $0.isEmpty ? nil : $0 } }
    return reader
  }

  /// The numbers of all events so far.
  var ids: [Int] { heard.ids.withLock { $0 } }
  var count: Int { heard.ids.withLock { $0.count } }
  /// The first line of the answer.
  var status: String { heard.status.withLock { $0 } }
  var isClosed: Bool { heard.isClosed.withLock { $0 } }

  func close() { channel.close(promise: nil) }

  private final class Ear: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let heard: Heard
    private var rest: [UInt8] = []

    init(_ heard: Heard) { self.heard = heard }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      rest += unwrapInboundIn(data).readableBytesView
      heard.status.withLock { status in
        if status.isEmpty { status = String(decoding: rest.prefix { $0 != 13 }, as: UTF8.self) }
      }
      var (found, done) = ([Int](), 0)
      rest.withUnsafeBytes { bytes in
        guard let start = bytes.baseAddress else { return }
        while let line = memchr(start + done, 10, bytes.count - done) {
          let field = UnsafeRawPointer(line) + 1
          guard let end = memchr(field, 10, bytes.count - (field - start)) else { break }
          done = UnsafeRawPointer(end) - start
          guard memcmp(field, "id: ", 4) == 0 else { continue }
          let digits = UnsafeRawBufferPointer(start: field + 4, count: UnsafeRawPointer(end) - field - 4)
          found.append(Int(String(decoding: digits, as: UTF8.self)) ?? -1)
        }
      }
      // An event may come in pieces; what is long done is let go.
      rest.removeFirst(done)
      heard.ids.withLock { $0 += found }
    }

    func channelInactive(context: ChannelHandlerContext) { heard.isClosed.withLock { $0 = true } }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }
}
