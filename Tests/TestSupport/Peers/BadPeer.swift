import Foundation
import NIOCore
import NIOPosix

/// A server on 127.0.0.1 that does what no good one does.
public enum BadPeer: String, CaseIterable, Sendable, CustomStringConvertible {
  case refused
  case reset
  case silent
  /// Stops in the middle of its first line.
  case halfHeader
  /// Stops after it seemed to be well.
  case halfBody
  case oneByteASecond
  case earlyClose
  case junk
  case html
  case endlessHeader
  case oneGigabyte
  case gzipBomb
  case redirectLoop
  case wrongCertificate

  /// Who speaks first, and how.
  public enum Speech: Sendable { case http, smtp, mqtt, dbus }

  /// In everything that these servers say, wherever it fits; no reason may repeat it.
  public static let said = "xyzzy-the-peer-said-so"

  public var description: String { rawValue }

  /// Starts one, and ends it when `body`, which gets its port, returns or throws.
  public func with<Result>(_ speech: Speech, _ body: (Int) async throws -> Result) async throws -> Result {
    if self == .refused { return try await body(DebianPeer.freePort()) }
    if self == .wrongCertificate {
      var result: Result?
      try await HTTPSServer.with(TestCertificates()) { result = try await body($0) }
      guard let result else { throw PeerFault("the HTTPS server did nothing") }
      return result
    }
    let script = try script(speech)
    return try await Self.with({ BadPeerHandler(script) }, body)
  }

  /// Starts a server that answers each request with these bytes.
  public static func saying<Result>(_ text: String, _ body: (Int) async throws -> Result) async throws -> Result {
    let script = Script(says: Array(text.utf8), speaksFirst: false)
    return try await with({ BadPeerHandler(script) }, body)
  }

  private static func with<Result>(
    _ handler: @escaping @Sendable () -> BadPeerHandler, _ body: (Int) async throws -> Result
  ) async throws -> Result {
    let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .serverChannelOption(.backlog, value: 256)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(handler()) }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    do {
      let result = try await body(listener.localAddress?.port ?? 0)
      try await listener.close()
      return result
    } catch {
      try? await listener.close()
      throw error
    }
  }
}

extension BadPeer {
  /// What a server says to each connection.
  struct Script: Sendable {
    enum Then: Sendable {
      case hang, close, reset
      /// Says this again and again, as fast as it is read.
      case repeating([UInt8])
    }

    /// At once, or when the first bytes came.
    var says: [UInt8] = []
    var speaksFirst = false
    var isSlow = false
    var then = Then.hang
  }

  private func script(_ speech: Speech) throws -> Script {
    var script = Script(says: try bytes(speech), speaksFirst: speech == .smtp)
    switch self {
    case .reset: (script.then, script.speaksFirst) = (.reset, true)
    case .oneByteASecond: script.isSlow = true
    case .earlyClose, .junk, .html: script.then = .close
    case .endlessHeader: script.then = .repeating(Array("x-fill: \(Self.said)\r\n".utf8))
    case .oneGigabyte: script.then = .repeating([UInt8](repeating: UInt8(ascii: "x"), count: 64 * 1024))
    default: break
    }
    return script
  }

  private func bytes(_ speech: Speech) throws -> [UInt8] {
    let status = "HTTP/1.1 200 OK\r\n"
    switch (self, speech) {
    case (.junk, _): return Array("SSH-2.0-\(Self.said)\r\n".utf8) + Array(0...255)
    case (.html, .http):
      return Array("\(status)content-type: text/html\r\nconnection: close\r\n\r\n<h1>\(Self.said)</h1>".utf8)
    case (.html, _): return Array("<!DOCTYPE html><h1>\(Self.said)</h1>\r\n".utf8)
    case (.halfHeader, .http): return Array("\(status)x-said: \(Self.said)".utf8)
    case (.halfBody, .http): return Array("\(status)content-length: 100\r\n\r\n{\"ok\":\"\(Self.said)".utf8)
    case (.oneByteASecond, .http): return Array("\(status)x-said: \(Self.said)\r\n".utf8)
    case (.endlessHeader, .http): return Array(status.utf8)
    case (.oneGigabyte, .http): return Array("\(status)content-length: \(1 << 30)\r\n\r\n".utf8)
    case (.gzipBomb, .http):
      let bomb = try Self.bomb.get()
      return Array("\(status)content-encoding: gzip\r\ncontent-length: \(bomb.count)\r\n\r\n".utf8) + bomb
    case (.redirectLoop, .http):
      return Array("HTTP/1.1 302 Found\r\nlocation: /\(Self.said)\r\ncontent-length: 0\r\n\r\n".utf8)
    case (.gzipBomb, _): return Array(try Self.bomb.get())
    case (.redirectLoop, .smtp): return Array("421 \(Self.said) moved\r\n".utf8)
    case (.earlyClose, .smtp), (.halfBody, .smtp): return Array("220 \(Self.said)\r\n".utf8)
    case (.endlessHeader, .smtp), (.oneGigabyte, .smtp): return Array("220-\(Self.said)\r\n220-".utf8)
    case (.halfHeader, .smtp), (.oneByteASecond, .smtp): return Array("220 \(Self.said)".utf8)
    // A CONNACK that does not end; then one of MQTT 3.1.1 that is whole; then a PUBLISH without end.
    case (.halfHeader, .mqtt), (.oneByteASecond, .mqtt): return [0x20, 0x02, 0x00]
    case (.halfBody, .mqtt): return [0x20, 0x02, 0x00, 0x00]
    case (.endlessHeader, .mqtt), (.oneGigabyte, .mqtt): return [0x20, 0x02, 0x00, 0x00, 0x30, 0xFF, 0xFF, 0xFF, 0x7F]
    case (.halfHeader, .dbus), (.oneByteASecond, .dbus): return Array("OK 0123456789".utf8)
    case (.halfBody, .dbus): return Array("OK 0123456789abcdef0123456789abcdef\r\n".utf8)
    case (.endlessHeader, .dbus), (.oneGigabyte, .dbus): return Array("DATA ".utf8)
    default: return []
    }
  }

  /// 64 MiB of zeros in 64 KiB.
  private static let bomb = Result<Data, any Error> {
    try PeerProcess.output(
      of: URL(filePath: "/bin/sh"), ["-c", "head -c 67108864 /dev/zero | gzip -9"])
  }
}

/// One connection of a ``BadPeer``.
final class BadPeerHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let script: BadPeer.Script
  private var hasSpoken = false
  private var isOver = false

  init(_ script: BadPeer.Script) { self.script = script }

  func channelActive(context: ChannelHandlerContext) { if script.speaksFirst { speak(context) } }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    // After a greeting, the end comes with the first words of the other side.
    if !hasSpoken { speak(context) } else if script.speaksFirst { end(context) }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) { pour(context) }

  func channelInactive(context: ChannelHandlerContext) { isOver = true }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  private func speak(_ context: ChannelHandlerContext) {
    hasSpoken = true
    if script.isSlow { return drip(script.says[...], context) }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: script.says)), promise: nil)
    switch script.then {
    case .repeating: pour(context)
    case .reset: end(context)
    case .close: if !script.speaksFirst { end(context) }
    case .hang: break
    }
  }

  private func end(_ context: ChannelHandlerContext) {
    switch script.then {
    case .reset:
      let hard = linger(l_onoff: 1, l_linger: 0)
      let options = context.channel as? any SocketOptionProvider
      _ = options?.setSoLinger(hard)
      context.close(promise: nil)
    case .close: context.close(promise: nil)
    case .hang, .repeating: break
    }
  }

  private func pour(_ context: ChannelHandlerContext) {
    guard case .repeating(let bytes) = script.then, hasSpoken else { return }
    let block = ByteBuffer(bytes: bytes.count > 1024 ? bytes : Array(repeatElement(bytes, count: 1024).joined()))
    while context.channel.isWritable, !isOver { context.writeAndFlush(wrapOutboundOut(block), promise: nil) }
  }

  private func drip(_ bytes: ArraySlice<UInt8>, _ context: ChannelHandlerContext) {
    guard let first = bytes.first, !isOver else { return }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: [first])), promise: nil)
    context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(1)) { self.drip(bytes.dropFirst(), context) }
  }
}
