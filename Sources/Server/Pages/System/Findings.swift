import Foundation
import Pages
import Tocsin

/// What is not as it should be, and what to do about it: what the server itself can know. `tocsin doctor` looks at more.
struct Findings {
  let incidents: Incidents
  let visit: Visit
  let health: DeliveryHealth
  let facts: DatabaseFacts

  init(_ incidents: Incidents, _ visit: Visit, _ health: DeliveryHealth, _ facts: DatabaseFacts) {
    (self.incidents, self.visit, self.health, self.facts) = (incidents, visit, health, facts)
  }

  func all() async throws -> [Template.Values] {
    let found = channels() + queue() + destinations() + (try await rules()) + database() + (await clock()) + address()
    if !found.isEmpty { return found }
    return [finding("good", visit.texts("findings_fine"))]
  }

  private func finding(_ kind: String, _ text: String, link: String? = nil, detail: String? = nil) -> Template.Values {
    var values: Template.Values = ["kind": kind, "word": visit.texts("findings_\(kind)"), "text": text]
    if let link { values["link"] = link }
    if let detail { values["detail"] = detail }
    return values
  }

  private func channels() -> [Template.Values] {
    incidents.channels.isEmpty ? [finding("bad", visit.texts("findings_no_channel"), link: "/channels")] : []
  }

  private func queue() -> [Template.Values] {
    var found: [Template.Values] = []
    if let oldest = health.oldest, visit.now.timeIntervalSince(oldest) > 600 {
      let age = Stamp.span(visit.now.timeIntervalSince(oldest))
      found.append(finding("wait", visit.texts("findings_late", ["age": age]), link: "/channels"))
    }
    if health.failed > 0 {
      found.append(finding("wait", visit.texts.count("findings_failed", health.failed), link: "/channels"))
    }
    return found
  }

  private func destinations() -> [Template.Values] {
    health.troubles.filter { $0.failingSince != nil }.map { trouble in
      let name = [trouble.channel, trouble.destination].filter { !$0.isEmpty }.joined(separator: " ")
      return finding("bad", visit.texts("findings_down", ["name": name]), link: "/channels")
    }
  }

  private func rules() async throws -> [Template.Values] {
    try await incidents.checkNotifyRules().filter { $0.state == .broken || $0.state == .partial }.map { check in
      let text = visit.texts("findings_rule", ["code": check.notifyCode])
      return finding(check.state == .broken ? "bad" : "wait", text, link: "/notify-rules", detail: check.finding)
    }
  }

  private func database() -> [Template.Values] {
    var found: [Template.Values] = []
    if incidents.isTooOld || facts.schema > facts.newestSchema {
      found.append(finding("bad", visit.texts("findings_too_old")))
    }
    if let free = facts.freeBytes, free < 1_000_000_000 {
      let text = visit.texts("findings_disk", ["free": Bytes.text(free)])
      found.append(finding(free < 100_000_000 ? "bad" : "wait", text))
    }
    return found
  }

  /// Claims, silences and reminders follow each server's own clock.
  private func clock() async -> [Template.Values] {
    guard let ahead = try? await incidents.clockLead(), abs(ahead) > Incidents.tolerableClockLead else { return [] }
    return [finding("wait", visit.texts("findings_clock", ["seconds": String(format: "%.0f", abs(ahead))]))]
  }

  private func address() -> [Template.Values] {
    incidents.settings.publicURL == nil ? [finding("wait", visit.texts("findings_no_address"))] : []
  }
}
