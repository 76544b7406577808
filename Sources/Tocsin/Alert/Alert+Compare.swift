import Foundation
import Storage

/// What a delivery means beside what is known of its alert.
extension ReceivedAlert {
  /// The same with a start that can be held against that of the known alert. When a sender spoke says nothing about the
  /// beginning of what fires already, or of what it was overtaken by the end of.
  func beginning(with known: Alert) -> ReceivedAlert {
    guard !statesStart, status == .firing, let time = startsAt else { return self }
    var alert = self
    switch known.status {
    case .firing: alert.startsAt = nil
    case .resolved:
      if let end = known.endsAt, (known.startsAt...max(known.startsAt, end)).contains(time) {
        alert.startsAt = known.startsAt
      }
    }
    return alert
  }

  /// An end that names the alert by its key alone says nothing else about it either.
  func named(as known: Alert) -> ReceivedAlert {
    guard status == .resolved, title == Self.noName else { return self }
    var alert = self
    (alert.severity, alert.package, alert.title) = (known.severity, known.package, known.title)
    (alert.description, alert.labels, alert.groupKey) = (known.description, known.labels, known.groupKey)
    alert.url = known.url
    return alert
  }

  /// Whether this is more than a repetition of what fires already, or fired and is over.
  func firesAnew(_ known: Alert, now: Date) -> Bool {
    let begins = startsAt.map { $0 > known.startsAt } ?? (known.status == .resolved)
    if begins { return true }
    // Also one that fires anew though its end was never told: else nobody would hear of it again.
    let isCurrent = startsAt.map { $0 == known.startsAt } ?? true
    guard isCurrent else { return false }
    switch known.status {
    // What was low and opened nothing may have become grave.
    case .firing: return severity.urgency > known.severity.urgency
    // It had only not been heard of for a while.
    case .resolved: return known.expiresAt != nil && expiresAt.map { $0 > now } ?? false
    }
  }

  /// Whether what has a later start is the same firing all the same: its end would have been noticed, and nothing is worse.
  /// A sender that was restarted forgets when its alerts began.
  func goesOn(_ known: Alert, now: Date) -> Bool {
    known.status == .firing && known.expiresAt.map { $0 > now } ?? false
      && severity.urgency <= known.severity.urgency
  }

  /// Whether this resolution is of the last firing, or of one that was not heard of yet, not a late one of an earlier time.
  /// Senders that forgot when the alert began say at least when it ended, or nothing at all.
  func ends(_ known: Alert) -> Bool {
    if startsAt == nil, endsAt == nil { return true }
    return startsAt.map { $0 >= known.startsAt } ?? false || endsAt.map { $0 >= known.startsAt } ?? false
  }
}
