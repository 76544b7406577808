import Storage

extension TimelineFeed {
  /// Some events in order, and the place to go on from.
  public struct Page: Sendable, Equatable {
    public var entries: [Entry]
    /// Everything up to here has been told.
    public var through: Int
    /// There may be more at once.
    var isFull = false
  }

  /// One who listens. Its place is given up with the last copy of it.
  public struct Listener: Sendable {
    private final class Place: Sendable {
      let feed: TimelineFeed

      init(_ feed: TimelineFeed) throws {
        try feed.enter()
        self.feed = feed
      }

      deinit { feed.leave() }
    }

    private let place: Place
    /// The events of one incident only.
    private let incidentGuid: String?
    /// The last event that was told, by its `seq`.
    public private(set) var position: Int

    fileprivate init(_ feed: TimelineFeed, _ position: Int, _ incidentGuid: String?) throws {
      place = try Place(feed)
      self.position = position
      self.incidentGuid = incidentGuid
    }

    /// Waits for more: a second at most, and then the page may be empty.
    ///
    /// - Returns: nil when the feed is closed.
    /// - Throws: ``StorageError`` when older events cannot be read.
    public mutating func next() async throws -> Page? {
      await place.feed.news(after: position)
      if place.feed.state.withLock({ $0.isClosed }) { return nil }
      let page = try await place.feed.page(after: position, of: incidentGuid)
      position = page.through
      return page
    }
  }

  /// Listens from now on, or from the event after `seq`: then nothing between is left out.
  ///
  /// - Parameter id: an incident's id; nil for all incidents.
  /// - Throws: ``Failure`` with code `invalid` for a `seq` that no event has had yet and for an `id` that is none,
  ///   `unavailable` when too many listen.
  public func listen(after seq: Int? = nil, to id: String? = nil) async throws -> Listener {
    let (head, incidentGuid) = try await database.read { transaction in
      (try transaction.timelineHead(), try id.map { try transaction.incidentToFollow($0) })
    }
    if let seq, !(0...head).contains(seq) {
      throw Failure.invalid("last_event_id", "\(seq) is no event: the last one is \(head)")
    }
    return try Listener(self, seq ?? head, incidentGuid)
  }

  fileprivate func page(after position: Int, of incidentGuid: String?) async throws -> Page {
    if var page = state.withLock({ $0.page(after: position) }) {
      if let incidentGuid { page.entries.removeAll { $0.incidentGuid != incidentGuid } }
      return page
    }
    return try await database.read { transaction in
      guard let incidentGuid else { return try transaction.entries(after: position) }
      return try transaction.entries(after: position, of: incidentGuid)
    }
  }
}

extension TimelineFeed.Page {
  /// Events in a page, at most.
  static let longest = 128
  /// Bytes of JSON after which a page is full.
  static let largest = 64 << 10

  /// As many of `entries` as fit.
  ///
  /// - Parameter end: the place to go on from when all of them fit.
  fileprivate init(_ entries: some Collection<TimelineFeed.Entry>, upTo end: Int) {
    var bytes = 0
    let fitting = entries.prefix(Self.longest).prefix { entry in
      defer { bytes += entry.json.utf8.count }
      return bytes < Self.largest
    }
    self.entries = Array(fitting)
    isFull = fitting.count < entries.count
    through = isFull ? self.entries.last?.seq ?? end : end
  }
}

extension TimelineFeed.State {
  /// What is kept after `position`; nil when that goes further back than what is kept.
  fileprivate func page(after position: Int) -> TimelineFeed.Page? {
    guard let last, position < last else { return TimelineFeed.Page([], upTo: position) }
    guard let first = kept.first?.seq, first <= position + 1 else { return nil }
    // Only an event that cannot be read leaves a gap.
    let likely = position + 1 - first
    let fits = kept.indices.contains(likely) && kept[likely].seq == position + 1
    let start = fits ? likely : kept.firstIndex { $0.seq > position } ?? kept.endIndex
    return TimelineFeed.Page(kept[start...], upTo: last)
  }
}

extension Transaction {
  /// An id that is a filter: one that fits nothing is a bad value, as of any other filter.
  fileprivate func incidentToFollow(_ id: String) throws -> String {
    do {
      return try incident(id).incidentGuid
    } catch let failure as Failure {
      throw Failure(.invalid, failure.message, field: "incident_guid", allowed: failure.allowed)
    }
  }

  func timelineHead() throws -> Int { try integer("SELECT Seq FROM tocsin_timeline_head WHERE Id = 1") }

  /// The next events of all incidents.
  func entries(after seq: Int) throws -> TimelineFeed.Page {
    let rows = try rows(
      "SELECT * FROM data_incident_timeline WHERE Seq > ? ORDER BY Seq LIMIT \(TimelineFeed.Page.longest)",
      [.integer(seq)])
    return try page(rows, upTo: rows.last?.integer("Seq") ?? seq)
  }

  /// The next events of one incident.
  fileprivate func entries(after seq: Int, of incidentGuid: String) throws -> TimelineFeed.Page {
    let rows = try rows(
      """
      SELECT * FROM data_incident_timeline WHERE IncidentGuid = ? AND Seq > ?
      ORDER BY Seq LIMIT \(TimelineFeed.Page.longest)
      """, [.text(incidentGuid), .integer(seq)])
    return try page(rows, upTo: timelineHead())
  }

  /// An event that Tocsin would never write is left out: `verify-timeline` names it.
  private func page(_ rows: [Row], upTo end: Int) throws -> TimelineFeed.Page {
    let mayBeMore = rows.count == TimelineFeed.Page.longest
    let entries = rows.compactMap { try? TimelineEvent($0).entry }
    var page = TimelineFeed.Page(entries, upTo: mayBeMore ? try rows[rows.count - 1].integer("Seq") : end)
    page.isFull = page.isFull || mayBeMore
    return page
  }
}

extension TimelineEvent {
  fileprivate var entry: TimelineFeed.Entry {
    get throws { TimelineFeed.Entry(seq: seq, incidentGuid: incidentGuid, json: try JSON.encode(self)) }
  }
}
