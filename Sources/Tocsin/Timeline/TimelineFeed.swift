import Storage
import Synchronization

/// Every timeline event as it commits, for all who listen in this process: also what other processes write to the same
/// database.
///
/// Numbers are committed in their order, whoever writes: each writer holds the chain's head from taking a number to its
/// commit (see `record`). So whoever has heard one number has missed none before it, and may go on at another server.
///
/// One task reads the database while anybody listens: right after commits of this process, and twice a second for those of
/// others. The newest events are kept here once for all. A listener holds nothing but its place, so one that is slow costs
/// no memory and holds up nobody; it reads older events from the database, a page at a time.
public final class TimelineFeed: Sendable {
  /// Listeners at once.
  public static let mostListeners = 1000
  /// Events kept, and bytes of them.
  static let mostKept = (events: 1024, bytes: 4 << 20)
  /// Seconds between looks for what other processes have written.
  private static let pause = 0.5
  /// How long news are gathered, so that a burst of changes is one page for each listener rather than hundreds.
  private static let gathering = Duration.milliseconds(20)

  /// An event on its way to listeners.
  public struct Entry: Sendable, Equatable {
    /// Its place among all events: 1, 2, 3 … without a gap.
    public let seq: Int
    public let incidentGuid: String
    /// The event as JSON, on one line.
    public let json: String
  }

  struct State {
    var listeners = 0
    var isReading = false
    var isClosed = false
    /// The newest event that was read; nil before the first look.
    var last: Int?
    /// The newest events, without a gap, ending with `last`.
    var kept: [Entry] = []
    var keptBytes = 0
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  let database: any Database
  private let bell: Bell
  let state = Mutex(State())

  init(_ database: any Database, _ bell: Bell) {
    self.database = database
    self.bell = bell
  }

  /// Ends every listener's stream and lets nobody in any more: what a server does when it stops.
  public func close() {
    state.withLock { $0.isClosed = true }
    wake()
  }

  /// - Throws: ``Failure`` with code `unavailable` when too many listen, or when it is closed.
  func enter() throws {
    let starts = try state.withLock { state in
      if state.isClosed { throw Failure(.unavailable, "the server is stopping") }
      guard state.listeners < Self.mostListeners else {
        throw Failure(.unavailable, "\(Self.mostListeners) listen already; try again later")
      }
      state.listeners += 1
      if state.isReading { return false }
      state.isReading = true
      (state.last, state.kept, state.keptBytes) = (nil, [], 0)
      return true
    }
    if starts { Task { await read() } }
  }

  func leave() { state.withLock { $0.listeners -= 1 } }

  /// Returns when there is something after `position`, when it is closed, and else after a second at most.
  func news(after position: Int) async {
    await withCheckedContinuation { continuation in
      let waits = state.withLock { state in
        guard !state.isClosed, state.last.map({ $0 <= position }) ?? true else { return false }
        state.waiting.append(continuation)
        return true
      }
      if !waits { continuation.resume() }
    }
  }

  /// Reads as long as anybody listens.
  private func read() async {
    var woken = ContinuousClock.now
    while goesOn() {
      let rings = bell.rings
      // A database that is away is no reason to end: it comes back.
      let page = try? await look()
      if page?.entries.isEmpty == false || ContinuousClock.now - woken >= .seconds(Self.pause) {
        woken = .now
        wake()
      }
      if page?.isFull == true { continue }
      await bell.heard(after: rings, within: Self.pause)
      try? await Task.sleep(for: Self.gathering)
    }
  }

  private func goesOn() -> Bool {
    state.withLock { state in
      state.isReading = state.listeners > 0
      return state.isReading
    }
  }

  /// Takes what is new; nil at the first look, which only finds the place to begin.
  private func look() async throws -> Page? {
    guard let last = state.withLock({ $0.last }) else {
      let head = try await database.read { try $0.timelineHead() }
      state.withLock { $0.last = head }
      return nil
    }
    let page = try await database.read { try $0.entries(after: last) }
    if page.through > last { state.withLock { $0.keep(page) } }
    return page
  }

  private func wake() {
    let waiting = state.withLock { state in
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }
}

extension TimelineFeed.State {
  mutating func keep(_ page: TimelineFeed.Page) {
    last = page.through
    kept += page.entries
    keptBytes += page.entries.reduce(0) { $0 + $1.json.utf8.count }
    var dropped = max(0, kept.count - TimelineFeed.mostKept.events)
    keptBytes -= kept[..<dropped].reduce(0) { $0 + $1.json.utf8.count }
    while keptBytes > TimelineFeed.mostKept.bytes {
      keptBytes -= kept[dropped].json.utf8.count
      dropped += 1
    }
    kept.removeFirst(dropped)
  }
}
