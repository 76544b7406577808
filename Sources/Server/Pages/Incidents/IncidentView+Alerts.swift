import Foundation
import Pages
import Tocsin

extension IncidentView {
  var alerts: Template.Values {
    let texts = visit.texts
    let counted = [("inc_firing", counts.firing), ("inc_resolved", counts.resolved), ("inc_named", counts.unknown)]
    return [
      "links": links.items.map(link), "hasNoLinks": links.items.isEmpty,
      "alertCounts": counted.filter { $0.1 > 0 }.map { texts.count($0.0, $0.1) }.joined(separator: " · "),
      "isFiring": counts.firing > 0, "moreLinks": links.nextCursor != nil,
      "linking": ["isOpen": isOpen("link"), "alert_guid": typed.field("alert_guid", of: "link")] as Template.Values,
    ]
  }

  private func link(_ link: AlertLink) -> Template.Values {
    guard let alert = link.alert else {
      return [
        "isKnown": false, "name": Unseen.shown(link.alertGuid), "alertStatus": "", "alertClass": "", "source": "",
      ]
    }
    var values: Template.Values = [
      "isKnown": true, "name": Unseen.shown(alert.title), "page": "/alerts/" + FormText.encoded(alert.alertGuid),
      "alertStatus": alert.status.rawValue, "alertClass": alert.status == .firing ? "bad" : "good",
      "alertSeverity": alert.severity.rawValue, "seen": Stamp.age(alert.lastSeenAt, now: visit.now), "source": "",
    ]
    if let url = webAddress(alert.url) { values["source"] = url }
    return values
  }
}
