import Foundation
import Storage

/// What to read of an incident's history.
public struct StoryFilter: Sendable {
  /// Only events of these types; empty for all.
  public var types: Set<EventType> = []
  public var newestFirst = true

  public init() {}
}

/// An event as people read it: with the whole note, of which the event itself holds the beginning.
public struct StoryEntry: Sendable, Equatable {
  public let event: TimelineEvent
  /// The note that the event tells of.
  public let note: Note?
}

extension Incidents {
  /// Some of an incident's history, with the notes.
  ///
  /// - Throws: ``Failure`` with code `notFound`; `invalid` for a limit below 1 or a cursor that is none.
  public func story(
    of id: String, _ filter: StoryFilter = StoryFilter(), page: PageRequest = PageRequest()
  ) async throws -> Page<StoryEntry> {
    try await database.read { transaction in
      let guid = try transaction.incident(id).incidentGuid
      var list = PagedList.timeline(of: guid)
      list.isDescending = filter.newestFirst
      if !filter.types.isEmpty { list.conditions.append(filter.condition) }
      let events = try transaction.page(list, page, TimelineEvent.init)
      let notes = try transaction.notes(of: guid, toldBy: events.items)
      return Page(
        items: events.items.map { StoryEntry(event: $0, note: notes[$0.noteKey]) }, nextCursor: events.nextCursor)
    }
  }
}

extension StoryFilter {
  fileprivate var condition: PagedList.Condition {
    let words = types.map(\.rawValue).sorted()
    let binds = words.map { _ in "?" }.joined(separator: ", ")
    return .init("EventType IN (\(binds))", words.map { .text($0) })
  }
}

extension Transaction {
  /// The notes that these events tell of. Nothing but time, author and text ties the two together; one with the same author
  /// and text is as good.
  fileprivate func notes(of guid: String, toldBy events: [TimelineEvent]) throws -> [String: Note] {
    let told = events.filter { $0.eventType == .noteAdded }
    guard let first = told.map(\.timestamp).min(), let last = told.map(\.timestamp).max() else { return [:] }
    let near = try rows(
      "SELECT * FROM data_incident_note WHERE IncidentGuid = ? AND CreatedAt >= ? AND CreatedAt <= ?",
      [.text(guid), .time(first), .time(last)])
    var notes = try byKey(near.map(Note.init))
    // One that was written of an alert before it had an incident is older than its event.
    if told.contains(where: { notes[$0.noteKey] == nil }) {
      notes.merge(try byKey(self.notes(of: guid))) { old, _ in old }
    }
    return notes
  }

  private func byKey(_ notes: [Note]) -> [String: Note] {
    Dictionary(
      notes.map { ("\($0.createdBy ?? "")\n\($0.noteType.rawValue): \(excerpt($0.content))", $0) },
      uniquingKeysWith: { first, _ in first })
  }
}

extension TimelineEvent {
  /// What an event and its note share.
  fileprivate var noteKey: String { "\(createdBy ?? "")\n\(description)" }
}
