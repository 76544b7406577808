import Foundation
import Storage

/// What came of something done about an alert.
public enum ActionOutcome: String, Sendable {
  case done
  /// The alert was never heard of.
  case unknown
  /// It has resolved, so that there is nothing to take on or to end.
  case resolved
  /// It had not been taken on.
  case free
  /// It has no incident that could take this: it waits on the alert for one.
  case kept
}

extension Incidents {
  /// Does what was done about one alert at its sender, in order and in one durable write.
  ///
  /// - Returns: what came of the last action, and the alert's guid if it is known.
  /// - Throws: ``Failure`` with code `invalid` for an end that is over already.
  public func perform(_ actions: [AlertAction]) async throws -> (outcome: ActionOutcome, alertGuid: String?) {
    let answer = try await database.write { transaction -> (outcome: ActionOutcome, alertGuid: String?) in
      var answer: (outcome: ActionOutcome, alertGuid: String?) = (.unknown, nil)
      for action in actions {
        guard let alert = try transaction.alert(action.source, action.key) else { return (.unknown, nil) }
        if case .acknowledge(let end?) = action.kind, end <= transaction.now {
          throw Failure(.invalid, "/endTime is over already; name a time to come", field: "/endTime")
        }
        answer = (try transaction.prospect(of: action.kind, on: alert), alert.alertGuid)
        if answer.outcome == .done || answer.outcome == .kept { try transaction.perform(action, self) }
      }
      return answer
    }
    outboxBell.ring()
    return answer
  }

  /// The alert that a sender names; nil when it was never heard of.
  public func alert(_ source: String, _ key: AlertAction.Key) async throws -> Alert? {
    try await database.read { try $0.alert(source, key) }
  }
}

extension Transaction {
  /// What would come of the action now.
  fileprivate func prospect(of kind: AlertAction.Kind, on alert: Alert) throws -> ActionOutcome {
    switch kind {
    case .acknowledge, .resolve: alert.status == .resolved ? .resolved : .done
    case .unacknowledge: alert.acknowledgedAt == nil ? .free : .done
    case .note: try incidentsToNote(of: alert).isEmpty ? .kept : .done
    case .assign: try openIncidents(of: alert).isEmpty ? .kept : .done
    case .retitle, .describe, .grade: .done
    }
  }
}
