import API
import Foundation
import Hummingbird
import Pages
import Tocsin

/// One thing done to several incidents, each by itself: what one refuses does not hold up the others.
struct BulkChange {
  private enum Kind: String { case acknowledge, take, assign, close }

  /// One that did not let itself be changed.
  private struct Refusal {
    let guid: String
    let title: String
    let why: String
  }

  private let visit: Visit
  private let query: IncidentQuery
  private let guids: [String]

  init(_ visit: Visit) {
    self.visit = visit
    query = IncidentQuery(FormText.decoded(visit.form["query"] ?? "") ?? [:])
    guids = visit.form.keys.filter { $0.hasPrefix("i.") }.map { String($0.dropFirst(2)) }.sorted()
  }

  func response() async throws -> Response {
    do {
      guard let kind = Kind(rawValue: visit.form["do"] ?? "") else {
        throw Failure(.invalid, visit.texts("inc_bulk_unknown"))
      }
      if guids.isEmpty { throw Failure(.invalid, visit.texts("inc_bulk_none")) }
      if kind == .assign, visit.typed("assigned_to") == nil {
        throw Failure(.invalid, visit.texts("inc_bulk_nobody"))
      }
      return try await outcome(of: kind)
    } catch let failure as Failure where failure.code == .invalid {
      return try await visit.incidentList(query, typed, problem: failure)
    }
  }

  private func outcome(of kind: Kind) async throws -> Response {
    var refusals: [Refusal] = []
    for guid in guids {
      do {
        try await change(guid, kind)
      } catch let failure as Failure where [.conflict, .notFound, .invalid].contains(failure.code) {
        let title = try? await visit.incidents.get(guid).title
        refusals.append(Refusal(guid: guid, title: title ?? guid, why: failure.sentence))
      }
    }
    let done = guids.count - refusals.count
    if refusals.isEmpty {
      return .redirect(to: query.address(done: done), type: .normal)
    }
    var values = typed
    values["bulk_done"] = visit.texts.count("inc_done", done)
    values["bulk_refused"] = visit.texts.count("inc_refused", refusals.count)
    values["refusals"] = refusals.map { refusal -> Template.Values in
      [
        "address": "/incidents/" + FormText.encoded(refusal.guid), "title": Unseen.shown(refusal.title),
        "why": refusal.why,
      ]
    }
    return try await visit.incidentList(query, values)
  }

  private func change(_ guid: String, _ kind: Kind) async throws {
    switch kind {
    case .acknowledge: try await visit.desk.updateStatus(guid, to: .investigating)
    case .take: try await visit.desk.assign(guid, to: visit.person.user.name)
    case .assign: try await visit.desk.assign(guid, to: visit.typed("assigned_to"))
    case .close: try await visit.desk.close(guid, resolutionSummary: visit.text("resolution_summary"))
    }
  }

  /// What was typed and ticked.
  private var typed: Template.Values {
    [
      "bulk_assigned_to": visit.form["assigned_to"] ?? "", "bulk_resolution": visit.form["resolution_summary"] ?? "",
      "isBulkOpen": true,
    ]
  }
}

extension IncidentQuery {
  fileprivate func address(done: Int) -> String {
    let address = address()
    return address + (address.contains("?") ? "&" : "?") + "done=\(done)"
  }
}
