import Foundation
import Synchronization

/// Something of a C library that is used from one thread only and waits on a file descriptor: a connection.
protocol EventLoop: AnyObject, SendableMetatype {
  /// What poll(2) waits on, and for what; nil while there is nothing.
  var interest: (descriptor: Int32, events: Int16)? { get }
  /// When ``turn(ready:)`` is due at the latest, whatever the descriptor does; nil for no need.
  var wake: ContinuousClock.Instant? { get }

  /// Called after each wait and each job. Must not block for longer than the time-outs.
  ///
  /// - Parameter ready: what poll(2) saw on the descriptor, 0 for nothing.
  func turn(ready: Int16)

  /// Ends it for good.
  func end()
}

/// A thread of its own for an ``EventLoop``. It starts with the first job and ends when nobody holds this any more.
final class EventThread<Loop: EventLoop>: Sendable {
  typealias Job = @Sendable (Loop) -> Void

  private let make: @Sendable () -> Loop
  private let inbox: Inbox<Job>

  /// - Parameter make: makes the loop, on the thread.
  init(_ make: @escaping @Sendable () -> Loop) {
    self.make = make
    inbox = Inbox()
  }

  deinit { inbox.close() }

  /// Has `job` done on the thread.
  func submit(_ job: @escaping Job) {
    guard inbox.add(job) else { return }
    Thread.detachNewThread { [make, inbox] in Self.run(make(), inbox) }
  }

  /// Has `job` done on the thread and waits for what it answers; nil after `seconds` without an answer, however long the
  /// thread is held up.
  func ask<Value: Sendable>(
    within seconds: Double, _ job: @escaping @Sendable (Loop, Answer<Value>) -> Void
  ) async -> Value? {
    let answer = Answer<Value>()
    submit { job($0, answer) }
    return await answer.value(within: seconds)
  }

  private static func run(_ loop: Loop, _ inbox: Inbox<Job>) {
    while let jobs = inbox.take() {
      for job in jobs { job(loop) }
      if !jobs.isEmpty { loop.turn(ready: 0) }
      loop.turn(ready: wait(loop, inbox))
    }
    loop.end()
  }

  private static func wait(_ loop: Loop, _ inbox: Inbox<Job>) -> Int16 {
    let interest = loop.interest
    var polled = [
      pollfd(fd: inbox.bell, events: Int16(POLLIN), revents: 0),
      pollfd(fd: interest?.descriptor ?? -1, events: interest?.events ?? 0, revents: 0),
    ]
    let pause = loop.wake.map { max(0, ContinuousClock.now.duration(to: $0) / .milliseconds(1)) } ?? .infinity
    poll(&polled, 2, Int32(min(pause.rounded(.up), inbox.bell < 0 ? 100 : 3_600_000)))
    return polled[1].revents
  }
}

/// Jobs for a thread, and a file descriptor that is readable while there are any.
private final class Inbox<Job: Sendable>: Sendable {
  private struct State {
    var jobs: [Job] = []
    var isStarted = false
    var isClosed = false
  }

  /// Minus one when the process has no file descriptor left.
  let bell: Int32
  private let ringer: Int32
  private let state = Mutex(State())

  init() {
    var ends: [Int32] = [-1, -1]
    if pipe(&ends) == 0 {
      for end in ends {
        _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        _ = fcntl(end, F_SETFL, O_NONBLOCK)
      }
    }
    (bell, ringer) = (ends[0], ends[1])
  }

  deinit {
    Foundation.close(bell)
    Foundation.close(ringer)
  }

  /// Returns whether a thread is to be started.
  func add(_ job: Job) -> Bool {
    let isFirst = state.withLock { state in
      state.jobs.append(job)
      defer { state.isStarted = true }
      return !state.isStarted
    }
    ring()
    return isFirst
  }

  func close() {
    state.withLock { $0.isClosed = true }
    ring()
  }

  private func ring() {
    var byte: UInt8 = 1
    // A full pipe rings already.
    _ = write(ringer, &byte, 1)
  }

  /// The jobs that are waiting; nil when there will be no more.
  func take() -> [Job]? {
    var bytes = [UInt8](repeating: 0, count: 64)
    while read(bell, &bytes, bytes.count) == bytes.count {}
    return state.withLock { state in
      if state.jobs.isEmpty && state.isClosed { return nil }
      defer { state.jobs = [] }
      return state.jobs
    }
  }
}
