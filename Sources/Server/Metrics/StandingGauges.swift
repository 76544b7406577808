import Tocsin

/// The gauges that come from the database: read once for all who ask within a second.
actor StandingGauges {
  /// How long a reading holds, and how long one may take.
  private static let (age, patience) = (Duration.seconds(1), Duration.seconds(2))

  private let incidents: Incidents
  private var reading: (began: ContinuousClock.Instant, task: Task<Standing?, Never>)?

  init(_ incidents: Incidents) { self.incidents = incidents }

  /// Nil when the database cannot be read, or not soon.
  func standing() async -> Standing? {
    if let reading, ContinuousClock.now - reading.began < Self.age { return await reading.task.value }
    let incidents = incidents
    let task = Task { try? await within(Self.patience) { try await incidents.standing() } }
    reading = (.now, task)
    return await task.value
  }
}

extension Standing {
  /// Writes them; for nil, only that the database is away.
  static func write(_ standing: Standing?, to page: inout Exposition) {
    page.gauge("tocsin_database_up", "Whether the database could be read just now.", standing == nil ? 0 : 1)
    standing?.write(to: &page)
  }

  private func write(to page: inout Exposition) {
    page.family("tocsin_open_incidents", "gauge", "Incidents that are not closed.")
    for open in openIncidents {
      let labels = [("severity", open.severity.rawValue), ("status", open.status.rawValue)]
      page.sample("tocsin_open_incidents", Exposition.labels(labels), Double(open.count))
    }
    write("tocsin_outbox_messages", "Messages that wait to be sent.", waiting, to: &page)
    page.gauge("tocsin_outbox_oldest_age_seconds", "How long the oldest of them has waited.", oldestWait)
    write("tocsin_destinations_down", "Destinations that take nothing and are tried rarely.", down, to: &page)
  }

  private func write(_ name: String, _ help: String, _ counts: [String: Int], to page: inout Exposition) {
    // Known names only: whoever can write to the database must not choose how long this page is.
    let known = counts.filter { NotifyRule.channelNames.contains($0.key) }
    page.family(name, "gauge", help)
    for (channel, count) in known.sorted(by: { $0.key < $1.key }) {
      page.sample(name, Exposition.labels([("channel", channel)]), Double(count))
    }
    let others = counts.values.reduce(0, +) - known.values.reduce(0, +)
    if others > 0 { page.sample(name, Exposition.labels([("channel", "other")]), Double(others)) }
  }
}
