import NIOCore
import NIOHTTP1

/// Holds one connection to its ``Limits``. It stands between the parser and Hummingbird: what is refused here no route ever
/// sees, and nothing that follows is read as a request.
final class RequestGuard: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  let limits: Limits
  let address: AddressWatch
  /// One connection too many: only for `/healthz`.
  private let isSpare: Bool

  /// Requests that were let in and are not answered yet.
  private(set) var unanswered = 0
  private(set) var isReadingBody = false
  private var bodySize = 0
  private(set) var bodyDue = NIODeadline.distantFuture
  private(set) var headDue = NIODeadline.distantFuture
  private(set) var answeredAt = NIODeadline.uptimeNanoseconds(0)

  /// The answer of the oldest request has begun.
  private var answerBegun = false
  private var isStream = false
  private var closesAfterThis = false
  /// No further request is taken.
  private var closesWhenAnswered = false
  /// Bytes of answers, without what HTTP and TLS add.
  private(set) var written = 0

  private(set) var refusal: Refusal?
  /// The request that came last is of Alertmanager's API.
  private var isForAlertmanager = false
  /// Answers that go out before the refusal.
  private var answersFirst = 0
  private(set) var lingerDue: NIODeadline?

  var clock: Scheduled<Void>?
  var progress = (bytes: 0, at: NIODeadline.now())
  var isStopping = false

  init(_ limits: Limits, _ address: AddressWatch, isSpare: Bool) {
    self.limits = limits
    self.address = address
    self.isSpare = isSpare
  }

  func handlerAdded(context: ChannelHandlerContext) {
    headDue = .now() + limits.head
    lookAgain(context)
  }

  func handlerRemoved(context: ChannelHandlerContext) { clock?.cancel() }

  // MARK: What the client sends

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard refusal == nil else { return }
    switch unwrapInboundIn(data) {
    case .head(let head):
      guard !closesWhenAnswered else { return }
      isForAlertmanager = AlertmanagerRoutes.owns(head.uri)
      if let refusal = head.refusal(limits) { return refuse(refusal, ofCurrent: false, context) }
      if isSpare && head.uri != "/healthz" { return refuse(.crowded, ofCurrent: false, context) }
      begin(head, context)
    case .body(let part):
      guard isReadingBody else { return }
      bodySize += part.readableBytes
      if bodySize > limits.bodySize {
        return refuse(.bodyTooLarge(limit: limits.bodySize), ofCurrent: true, context)
      }
    case .end:
      guard isReadingBody else { return }
      (isReadingBody, isForAlertmanager) = (false, false)
      address.reset()
    }
    context.fireChannelRead(data)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    context.fireChannelReadComplete()
    // Whoever is behind us no longer asks for more; what still comes is thrown away.
    if refusal != nil { context.read() }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let error = error as? HTTPParserError else { return context.fireErrorCaught(error) }
    // What follows the last request is nobody's.
    if closesWhenAnswered && !isReadingBody { return }
    refuse(Refusal(error, limits, inAddress: address.isInAddress), ofCurrent: isReadingBody, context)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is ChannelShouldQuiesceEvent { stop(context) }
    // Nobody is there any more; a request that is being worked on is answered all the same, to whoever closed one half.
    let isGone = (event as? ChannelEvent) == .inputClosed && (lingerDue != nil || isStream)
    context.fireUserInboundEventTriggered(event)
    if isGone { context.close(promise: nil) }
  }

  private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    unanswered += 1
    isReadingBody = true
    bodySize = 0
    bodyDue = .now() + limits.body
    closesWhenAnswered = !head.isKeepAlive || head.asksForUpgrade || isSpare
    if head.expectsContinue && unanswered == 1 {
      context.writeAndFlush(
        wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
    }
  }

  // MARK: What we answer

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if refusal != nil && answersFirst == 0 {
      promise?.succeed(())
      return
    }
    switch unwrapOutboundIn(data) {
    case .head(var head):
      beginAnswer(&head, context)
      context.write(wrapOutboundOut(.head(head)), promise: promise)
    case .body(let part):
      written += part.readableBytes
      context.write(data, promise: promise)
    case .end: endAnswer(data, promise, context)
    }
  }

  private func beginAnswer(_ head: inout HTTPResponseHead, _ context: ChannelHandlerContext) {
    guard head.status.code >= 200 else { return }
    answerBegun = true
    closesAfterThis = head.headers["connection"].first == "close" || (closesWhenAnswered && unanswered == 1)
    if closesAfterThis { head.headers.replaceOrAdd(name: "connection", value: "close") }
    isStream = head.headers["content-type"].first == "text/event-stream"
    guard isStream else { return }
    // The kernel would buffer megabytes for one who never reads, and we would not notice.
    try? context.channel.syncOptions?.setOption(
      .socketOption(.so_sndbuf), value: SocketOptionValue(limits.streamBuffer))
  }

  private func endAnswer(_ data: NIOAny, _ promise: EventLoopPromise<Void>?, _ context: ChannelHandlerContext) {
    (answerBegun, isStream) = (false, false)
    unanswered -= 1
    answeredAt = .now()
    headDue = answeredAt + limits.idle
    guard closesAfterThis || refusal != nil else { return context.write(data, promise: promise) }
    guard refusal == nil else {
      context.writeAndFlush(data, promise: promise)
      answersFirst -= 1
      if answersFirst == 0 { sendRefusal(context) }
      return
    }
    closesWhenAnswered = true
    let isAllHere = !isReadingBody
    write(data, promise, context) { isAllHere ? context.close(promise: nil) : self.linger(context) }
  }

  /// While a refused client may still be sending, nobody else closes.
  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    guard lingerDue == nil else {
      promise?.succeed(())
      return
    }
    context.close(mode: mode, promise: promise)
  }

  // MARK: Refusing

  /// - Parameter ofCurrent: the request whose body is being read, rather than one that comes after those let in.
  func refuse(_ refusal: Refusal, ofCurrent: Bool, _ context: ChannelHandlerContext) {
    guard self.refusal == nil else { return }
    self.refusal = refusal
    answersFirst = ofCurrent ? unanswered - 1 : unanswered
    if ofCurrent {
      isReadingBody = false
      // Whoever reads the body must not take the part that came for all of it.
      context.fireErrorCaught(refusal)
    }
    if answersFirst < 0 {
      // It was answered before all of it was here.
      answersFirst = 0
      linger(context)
    } else if answersFirst == 0 {
      sendRefusal(context)
    }
  }

  private func sendRefusal(_ context: ChannelHandlerContext) {
    guard let refusal, !answerBegun else { return context.close(promise: nil) }
    let answer = refusal.answer(isText: isForAlertmanager)
    context.write(wrapOutboundOut(.head(answer.head)), promise: nil)
    context.write(wrapOutboundOut(.body(.byteBuffer(answer.body))), promise: nil)
    lingerDue = .now() + limits.linger
    write(wrapOutboundOut(.end(nil)), nil, context) { self.linger(context) }
  }

  /// Says that no more will come, and throws away what the client sends until it has understood.
  private func linger(_ context: ChannelHandlerContext) {
    lingerDue = .now() + limits.linger
    context.close(mode: .output, promise: nil)
    context.read()
    lookAgain(context)
  }

  private func write(
    _ data: NIOAny, _ promise: EventLoopPromise<Void>?, _ context: ChannelHandlerContext,
    then body: @escaping () -> Void
  ) {
    let promise = promise ?? context.eventLoop.makePromise()
    promise.futureResult.assumeIsolated().whenComplete { _ in body() }
    context.writeAndFlush(data, promise: promise)
  }
}
