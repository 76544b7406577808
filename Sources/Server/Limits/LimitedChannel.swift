import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// HTTP/1.1 as Hummingbird speaks it, with ``Limits`` for each connection.
struct LimitedChannel: ServerChildChannel {
  typealias Value = HTTP1Channel.Value

  private let base: HTTP1Channel
  private let limits: Limits
  private let connections: Connections

  init(_ responder: @escaping HTTPChannelHandler.Responder, _ limits: Limits, _ connections: Connections) {
    let fields = HTTP1Channel.Configuration.DecoderConfiguration(
      maxHeaderFieldSize: limits.fields.size, maxHeaderListSize: limits.fields.total,
      maxHeaderFieldCount: limits.fields.count)
    base = HTTP1Channel(responder: responder, configuration: .init(httpDecoderConfiguration: fields))
    self.limits = limits
    self.connections = connections
  }

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    let place = connections.enter()
    if place != nil { channel.closeFuture.whenComplete { [connections] _ in connections.leave() } }
    let limits = limits
    let address = channel.eventLoop.makeCompletedFuture {
      let address = AddressWatch()
      try channel.pipeline.syncOperations.addHandler(address)
      return NIOLoopBound(address, eventLoop: channel.eventLoop)
    }
    return address.flatMap { address in
      base.setup(channel: channel, logger: logger).flatMapThrowing { value in
        let decoder = try channel.pipeline.syncOperations.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
        try channel.pipeline.syncOperations.addHandler(
          RequestGuard(limits, address.value, isSpare: place == .spare), position: .after(decoder))
        if place == nil { channel.close(promise: nil) }
        return value
      }
    }
  }

  func handle(value: Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}

extension HTTPServerBuilder {
  /// HTTP/1.1 within `limits`.
  static func limited(_ limits: Limits = Limits()) -> HTTPServerBuilder {
    let most = Connections.allow(limits.connections.most + limits.connections.spare) - limits.connections.spare
    let connections = Connections(most: most, spare: limits.connections.spare)
    return HTTPServerBuilder { LimitedChannel($0, limits, connections) }
  }
}
