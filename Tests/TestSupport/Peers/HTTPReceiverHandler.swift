import Foundation
import NIOCore
import NIOHTTP1

/// One connection of an ``HTTPReceiver``.
final class HTTPReceiverHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let answer: (HTTPReceiver.Request) -> HTTPReceiver.Answer
  private let fault: (any Error) -> Void
  private var head: HTTPRequestHead?
  private var body = Data()

  init(
    answer: @escaping (HTTPReceiver.Request) -> HTTPReceiver.Answer, fault: @escaping (any Error) -> Void
  ) {
    self.answer = answer
    self.fault = fault
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): (self.head, body) = (head, Data())
    case .body(let chunk): body.append(contentsOf: chunk.readableBytesView)
    case .end:
      guard let head else { return }
      let headers = Dictionary(
        head.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { "\($0), \($1)" })
      give(
        answer(.init(method: head.method.rawValue, uri: head.uri, headers: headers, body: body)), context: context)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if error is HTTPParserError { fault(error) }
    context.close(promise: nil)
  }

  private func give(_ answer: HTTPReceiver.Answer, context: ChannelHandlerContext) {
    switch answer {
    case .status(let status, let headers, let body):
      reply(status, headers, context.channel.allocator.buffer(string: body), context)
    case .statusThenClose(let status):
      reply(status, [:], ByteBuffer(), context)
      context.close(promise: nil)
    case .stall(let status, let bytes):
      let head = HTTPResponseHead(
        version: .http1_1, status: .init(statusCode: status), headers: ["content-length": String(bytes + 1)])
      let body = context.channel.allocator.buffer(repeating: UInt8(ascii: "x"), count: bytes)
      context.write(wrapOutboundOut(.head(head)), promise: nil)
      context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
    case .after(let seconds, let answer):
      context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(Int64(seconds * 1000))) {
        self.give(answer, context: context)
      }
    case .hang: break
    case .close: context.close(promise: nil)
    case .junk(let text):
      // From behind the HTTP encoder, straight to the socket.
      let encoder = try? context.pipeline.syncOperations.context(handlerType: HTTPResponseEncoder.self)
      encoder?.writeAndFlush(NIOAny(context.channel.allocator.buffer(string: text)), promise: nil)
      context.close(promise: nil)
    }
  }

  private func reply(_ status: Int, _ headers: [String: String], _ body: ByteBuffer, _ context: ChannelHandlerContext) {
    var fields = HTTPHeaders(headers.map { ($0.key, $0.value) })
    let status = HTTPResponseStatus(statusCode: status)
    if status.mayHaveResponseBody { fields.add(name: "content-length", value: String(body.readableBytes)) }
    context.write(wrapOutboundOut(.head(.init(version: .http1_1, status: status, headers: fields))), promise: nil)
    if status.mayHaveResponseBody { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }
}
