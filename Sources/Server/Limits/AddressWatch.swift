import NIOCore

/// Knows whether a request has begun to arrive, and whether its first line has: the parser does not tell.
final class AddressWatch: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  /// When the first byte came.
  private(set) var begun: NIODeadline?
  /// The first line, with the address, is not complete yet.
  private(set) var isInAddress = true

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if isInAddress {
      if begun == nil { begun = .now() }
      isInAddress = !unwrapInboundIn(data).readableBytesView.contains(UInt8(ascii: "\n"))
    }
    context.fireChannelRead(data)
  }

  /// The next bytes are those of another request.
  func reset() {
    begun = nil
    isInAddress = true
  }
}
