import Foundation
import Pages
import Tocsin

extension Incident {
  /// Where its page is.
  var address: String { "/incidents/" + FormText.encoded(incidentGuid) }

  /// Enough of the guid to tell it from others: the moment of its creation.
  var shortGuid: String { String(incidentGuid.prefix(13)) }

  /// Who is responsible, as pages show it.
  var owner: String? { assignedTo.map(Unseen.shown) }
}

extension Visit {
  /// An incident in a list of them.
  func row(_ incident: Incident) -> Template.Values {
    [
      "guid": incident.incidentGuid, "address": incident.address, "short": incident.shortGuid,
      "title": Unseen.shown(incident.title), "severity": incident.severity.rawValue, "status": incident.status.rawValue,
      "package": Unseen.shown(incident.package), "owner": incident.owner ?? "",
      "isMine": incident.assignedTo == person.user.name,
      "born": Stamp.age(incident.createdAt, now: now),
      "changed": Stamp.age(incident.updatedAt ?? incident.createdAt, now: now),
    ]
  }

  /// The words of a list, one of them chosen, for a `select`.
  func options<W: Word>(_ type: W.Type = W.self, chosen: String?) -> [Template.Values] {
    W.allCases.map { ["value": $0.rawValue, "isChosen": $0.rawValue == chosen] }
  }
}
