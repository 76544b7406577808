import Foundation
import Pages
import Tocsin

/// An alert as lists show it.
struct AlertRow {
  let alert: Alert
  let incidents: [AlertDetails.LinkedIncident]
  let now: Date

  init(_ alert: Alert, _ incidents: [AlertDetails.LinkedIncident] = [], now: Date) {
    (self.alert, self.incidents, self.now) = (alert, incidents, now)
  }

  func values(_ texts: Texts) -> Template.Values {
    var values: Template.Values = [
      "guid": alert.alertGuid, "title": alert.title, "severity": alert.severity.rawValue,
      "source": alert.source, "package": alert.package, "status": alert.status.rawValue,
      "isFiring": alert.status == .firing, "times": texts.count("alert_times", alert.count),
      "since": Stamp.age(alert.status == .firing ? alert.startsAt : alert.endsAt ?? alert.lastSeenAt, now: now),
      "isAcknowledged": alert.acknowledgedAt != nil, "isFlapping": alert.flappingSince != nil,
      "isSilenced": isSilenced,
    ]
    if let by = alert.acknowledgedBy { values["takenBy"] = texts("alert_taken_by", ["name": by]) }
    if isSilenced, let silence = alert.silencedBy, let until = alert.silencedUntil {
      values["silence"] = ["silenceGuid": silence, "until": Stamp.at(until)]
    }
    values["incidents"] = incidents.prefix(3).map(\.values)
    return values
  }

  /// A silence that held it before it resolved holds nothing now.
  private var isSilenced: Bool { alert.status == .firing && alert.silencedUntil.map { $0 > now } ?? false }
}

extension AlertDetails.LinkedIncident {
  var values: Template.Values {
    [
      "incidentGuid": incidentGuid, "incidentTitle": incidentTitle, "incidentSeverity": incidentSeverity.rawValue,
      "incidentStatus": incidentStatus.rawValue, "linkedAt": Stamp.at(linkedAt), "linkedBy": linkedBy ?? "",
    ]
  }
}
