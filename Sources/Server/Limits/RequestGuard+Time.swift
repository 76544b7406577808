import NIOCore

extension RequestGuard {
  /// When the client must have done something; nil when it is our turn.
  private var due: NIODeadline? {
    if let lingerDue { return lingerDue }
    if isReadingBody { return bodyDue }
    if unanswered > 0 { return nil }
    guard let begun = address.begun, answeredAt > .uptimeNanoseconds(0) else { return headDue }
    return max(begun, answeredAt) + limits.head
  }

  /// Sets the clock to the next moment at which there may be something to do.
  func lookAgain(_ context: ChannelHandlerContext) {
    clock?.cancel()
    let pulse = isStopping ? min(limits.pulse, limits.stallAtStop) : limits.pulse
    let next = min(due ?? .distantFuture, .now() + pulse)
    clock = context.eventLoop.assumeIsolated().scheduleTask(deadline: next) { self.look(context) }
  }

  private func look(_ context: ChannelHandlerContext) {
    let now = NIODeadline.now()
    if isStalled(now, context) { return context.close(promise: nil) }
    if let due, now >= due {
      // To one who said nothing there is nothing to answer.
      guard lingerDue == nil, refusal == nil, isReadingBody || address.begun != nil else {
        return context.close(promise: nil)
      }
      refuse(.tooSlow, ofCurrent: isReadingBody, context)
    }
    lookAgain(context)
  }

  /// Whether the client has read nothing of what waits for it.
  private func isStalled(_ now: NIODeadline, _ context: ChannelHandlerContext) -> Bool {
    let waiting = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    guard waiting > 0, written - waiting <= progress.bytes else {
      progress = (written - waiting, now)
      return false
    }
    return now - progress.at >= (isStopping ? limits.stallAtStop : limits.stall)
  }

  /// The server is stopping: there is less patience.
  func stop(_ context: ChannelHandlerContext) {
    isStopping = true
    progress.at = .now()
    lookAgain(context)
  }
}
