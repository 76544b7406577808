import Foundation
import Pages
import Tocsin

/// What somebody says of a heartbeat, as typed.
struct HeartbeatForm {
  let (every, grace, severity, package, title): (String, String, String, String, String)
  let isEnabled: Bool

  init(_ visit: Visit) {
    let form = visit.form
    (every, grace) = (form["every"] ?? "1d", form["grace"] ?? "1m")
    (severity, package, title) = (form["severity"] ?? "HIGH", form["package"] ?? "", form["title"] ?? "")
    isEnabled = form.isEmpty || form["enabled"] != nil
  }

  init(_ heartbeat: Heartbeat) {
    (every, grace) = (Duration.words(heartbeat.intervalSeconds), Duration.words(heartbeat.graceSeconds))
    (severity, package, title) = (heartbeat.severity.rawValue, heartbeat.package, heartbeat.title ?? "")
    isEnabled = heartbeat.isEnabled
  }

  var values: Template.Values {
    [
      "typedEvery": every, "typedGrace": grace, "typedPackage": package, "typedTitle": title, "typedEnabled": isEnabled,
      "severities": options(Severity.allCases.map(\.rawValue), chosen: severity),
    ]
  }

  /// - Throws: ``Failure`` with code `invalid`.
  func draft(_ texts: Texts) throws -> HeartbeatDraft {
    HeartbeatDraft(
      interval: try seconds(every, "every", texts),
      grace: grace.typedText == nil ? nil : try seconds(grace, "grace", texts),
      severity: try Severity(word: severity), package: package.typedText, title: title.typedText, isEnabled: isEnabled)
  }

  private func seconds(_ text: String, _ field: String, _ texts: Texts) throws -> Int {
    guard let seconds = Duration.span(text.trimmingCharacters(in: .whitespaces)) else {
      throw Failure(.invalid, texts("alert_no_span", ["text": printable(text)]), field: field)
    }
    return seconds
  }
}

extension Heartbeat {
  func values(_ visit: Visit) -> Template.Values {
    let (state, tone) = state
    var values: Template.Values = [
      "name": heartbeatName, "package": package, "severity": severity.rawValue,
      "every": Duration.words(intervalSeconds),
      "grace": Duration.words(graceSeconds), "state": visit.texts("heartbeat_\(state)"), "tone": tone,
      "createdBy": createdBy, "created": Stamp.at(createdAt),
      "address": visit.ownAddress + "/in/heartbeats/\(heartbeatName)",
    ]
    if let lastBeatAt { values["lastBeat"] = Stamp.at(lastBeatAt) }
    if let dueAt { values["due"] = Stamp.at(dueAt) }
    if let missedAt { values["missed"] = Stamp.at(missedAt) }
    return values
  }

  private var state: (String, tone: String) {
    if !isEnabled { return ("off", "") }
    if missedAt != nil { return ("late", "bad") }
    return lastBeatAt == nil ? ("waiting", "wait") : ("on_time", "good")
  }
}

extension Visit {
  /// Where people reach this server: as it was set, or as the browser found it.
  fileprivate var ownAddress: String {
    incidents.settings.publicURL
      ?? (context.isSecure ? "https://" : "http://") + (request.head.authority ?? "localhost")
  }
}
