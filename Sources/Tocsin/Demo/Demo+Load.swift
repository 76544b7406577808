import Foundation
import Storage

/// How much demo data there is.
public struct DemoStanding: Sendable, Equatable {
  public let incidents: Int
  public let alerts: Int

  public var isLoaded: Bool { incidents + alerts > 0 }
}

extension Incidents {
  /// Who does everything in the demo.
  public static let demoPrincipal: Principal = "demo"

  public func demoStanding() async throws -> DemoStanding {
    try await database.read { transaction in
      func count(_ kind: DemoRow.Kind) throws -> Int {
        try transaction.integer("SELECT count(*) FROM tocsin_demo WHERE Kind = ?", [.text(kind.rawValue)])
      }
      return DemoStanding(incidents: try count(.incident), alerts: try count(.alert))
    }
  }

  /// Whether there is no incident at all, so that the demo may come.
  public func hasIncidents() async throws -> Bool {
    try await database.read { try $0.row("SELECT 1 FROM data_incident LIMIT 1") != nil }
  }

  /// Fills an empty Tocsin with incidents of the last thirty days, by the calls that people and senders use. Nobody is told
  /// of them. ``removeDemo(by:)`` removes exactly these.
  ///
  /// - Throws: ``Failure`` with code `conflict` when there are incidents.
  public func loadDemo(by: Principal) async throws {
    let now = try await database.write { transaction in
      guard try transaction.row("SELECT 1 FROM data_incident LIMIT 1") == nil else {
        throw Failure(.conflict, "there are incidents already; demo data is for an empty Tocsin")
      }
      try transaction.audit(.demoLoaded, nil, by: by)
      return transaction.now
    }
    var guids: [Int: String] = [:]
    for scene in DemoScene.all(now: now) {
      guids[scene.story] = try await play(scene, guids) ?? guids[scene.story]
    }
  }

  /// - Returns: the incident that the scene opens.
  private func play(_ scene: DemoScene, _ guids: [Int: String]) async throws -> String? {
    // No channels and no rules of the configuration: nobody is woken.
    let incidents = Incidents(
      database: DemoDatabase(base: database, moment: scene.moment), settings: .demo)
    let story = DemoStory.all[scene.story]
    guard let step = scene.step else { return try await incidents.begin(story, scene.moment) }
    guard let guid = guids[scene.story] else { return nil }
    try await incidents.perform(step, of: story, guid, guids, scene.moment)
    return nil
  }
}

/// A step of a story, or with none its beginning.
private struct DemoScene {
  let moment: Date
  let story: Int
  let step: DemoStory.Step?

  /// In the order of time, as it would have been.
  static func all(now: Date) -> [DemoScene] {
    let scenes = DemoStory.all.enumerated().flatMap { index, story in
      let start = now.addingTimeInterval(-story.minutesAgo * 60)
      return [DemoScene(moment: start, story: index, step: nil)]
        + story.steps.map { DemoScene(moment: start.addingTimeInterval($0.minutes * 60), story: index, step: $0.step) }
    }
    return scenes.sorted { $0.moment < $1.moment }
  }
}

extension Incidents.Settings {
  fileprivate static var demo: Self {
    var (settings, rule) = (Self(), AlertRule())
    rule.notifies = false
    settings.alertRules = [rule]
    return settings
  }
}

extension Incidents {
  fileprivate func begin(_ story: DemoStory, _ moment: Date) async throws -> String? {
    guard let alert = story.received(.firing, moment) else {
      return try await create(
        title: story.title, severity: story.severity, package: story.package, description: story.description,
        by: Self.demoPrincipal
      ).incidentGuid
    }
    return try await receive([alert]).opened.first
  }

  fileprivate func perform(
    _ step: DemoStory.Step, of story: DemoStory, _ guid: String, _ guids: [Int: String], _ moment: Date
  ) async throws {
    let demo = Self.demoPrincipal
    switch step {
    case .status(let status): _ = try await updateStatus(guid, to: status, by: demo)
    case .severity(let severity): _ = try await update(guid, IncidentChanges(severity: severity), by: demo)
    case .assign(let team): _ = try await assign(guid, to: team, by: demo)
    case .note(let type, let text): try await addNote(guid, type: type, content: text, by: demo)
    case .logged(let message): try await logCommunication(guid, message, by: demo)
    case .resolved: try await receive([story.received(.resolved, moment)].compactMap(\.self))
    case .close(let summary, let cause):
      _ = try await close(guid, resolutionSummary: summary, rootCause: cause, by: demo)
    case .merge(let target):
      if let target = guids[target] { _ = try await merge(guid, into: target, by: demo) }
    }
  }
}

extension DemoStory {
  fileprivate func received(_ status: AlertStatus, _ moment: Date) -> ReceivedAlert? {
    guard let alert else { return nil }
    return ReceivedAlert(
      source: Alertmanager.name, dedupKey: "tocsin-demo:\(alert)", status: status, severity: severity,
      package: package, title: title, description: description,
      labels: ["alertname": alert, "severity": severity.rawValue.lowercased(), "demo": "true"],
      groupKey: "tocsin-demo:\(alert)", startsAt: status == .firing ? moment : nil,
      endsAt: status == .resolved ? moment : nil)
  }
}
