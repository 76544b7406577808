import API
import Foundation
import Hummingbird
import Pages
import Tocsin

/// One silence: what it holds, what people say about it, and its end.
struct SilencePage: PageGroup {
  let incidents: Incidents

  func add(to table: inout RouteTable) {
    table.add(visit: Route(.get, "/silences/{silence}", .readers, "A silence."), incidents) { visit in
      try await page(visit, of: incidents.silence(visit.parameter("silence")))
    }
    form("", "Changes a silence.", said: "silence_changed", to: &table) { visit, silence in
      try await SilenceForm(visit).change(silence, visit)
    }
    form("/expire", "Ends a silence.", said: "silence_ended", to: &table) { visit, silence in
      try await visit.desk.expireSilence(silence.silenceGuid)
    }
    form("/comments", "Adds to what is said about a silence.", said: "silence_commented", to: &table) {
      visit, silence in
      try await visit.desk.commentOnSilence(silence.silenceGuid, visit.text("words") ?? "")
    }
  }

  private func form(
    _ path: String, _ summary: String, said: String, to table: inout RouteTable,
    _ perform: @escaping @Sendable (Visit, Silence) async throws -> Void
  ) {
    table.add(visit: Route(.post, "/silences/{silence}" + path, .responders, summary), incidents) { visit in
      let silence = try await incidents.silence(visit.parameter("silence"))
      do {
        try await perform(visit, silence)
      } catch let failure as Failure where failure.isAboutTheForm {
        return try await page(visit, of: silence, problem: failure)
      }
      return visit.done("/silences/\(silence.silenceGuid)", said: said)
    }
  }

  private func page(_ visit: Visit, of silence: Silence, problem failure: Failure? = nil) async throws -> Response {
    let guid = silence.silenceGuid
    // What was typed into the form to change it; the one for a comment has other fields.
    let isTyped = visit.form["matchers"] != nil
    var values = (isTyped ? SilenceForm(visit) : SilenceForm(silence)).values(visit.texts)
    values.merge(silence.values(visit.texts)) { $1 }
    values["isTyped"] = isTyped
    values["typedWords"] = visit.form["words"] ?? ""
    values["isPending"] = silence.state == .pending
    var filter = AlertFilter()
    (filter.status, filter.silence) = (.firing, guid)
    let held = try await incidents.alerts(filter, page: PageRequest(limit: 20))
    values["held"] = held.items.map { AlertRow($0, now: visit.now).values(visit.texts) }
    values["hasHeld"] = !held.items.isEmpty
    values["holdsMore"] = held.nextCursor != nil
    let comments = try await incidents.comments(onSilence: guid, page: PageRequest(limit: 200)).items
    values["comments"] = comments.map { comment in
      [
        "id": comment.commentGuid, "author": comment.createdBy, "words": Markdown.html(comment.comment),
        "written": Stamp.at(comment.createdAt),
      ]
    }
    values["mayRespond"] = visit.mayRespond
    values["mayChange"] = visit.mayRespond && silence.state != .expired
    values["again"] = "/silences/new?" + FormText.encoded([("silence", guid)])
    values["live"] = "all"
    return try visit.page("silence", values, problem: failure)
  }
}
