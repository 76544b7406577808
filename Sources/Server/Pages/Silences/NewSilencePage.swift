import API
import Foundation
import Hummingbird
import Pages
import Tocsin

/// A new silence: first what it would hold, then it is made.
struct NewSilencePage: PageGroup {
  let incidents: Incidents

  func add(to table: inout RouteTable) {
    table.add(visit: Route(.get, "/silences/new", .responders, "The form for a silence."), incidents) { visit in
      var form = SilenceForm()
      if let guid = visit.asked("alert") { form = SilenceForm(like: try await incidents.alert(guid)) }
      if let guid = visit.asked("silence") {
        let old = try await incidents.silence(guid)
        (form.matchers, form.comment) = (SilenceForm(old).matchers, old.comment ?? "")
      }
      return try await page(form, visit, looks: form.matchers.typedText != nil)
    }
    table.add(
      visit: Route(.post, "/silences/new", .responders, "Makes a silence, or shows what it would hold."), incidents
    ) {
      visit in
      let form = SilenceForm(visit)
      if visit.form["preview"] != nil { return try await page(form, visit, looks: true) }
      do {
        let silence = try await form.create(visit)
        return visit.done("/silences/\(silence.silenceGuid)", said: "silence_made")
      } catch let failure as Failure where failure.isAboutTheForm {
        return try await page(form, visit, problem: failure)
      }
    }
  }

  private func page(
    _ form: SilenceForm, _ visit: Visit, looks: Bool = false, problem failure: Failure? = nil
  ) async throws -> Response {
    var values = form.values(visit.texts)
    values["isNew"] = true
    guard looks else { return try visit.page("silence_new", values, problem: failure) }
    do {
      let alerts = try await incidents.firingAlerts(fitting: form.labelMatchers())
      values["preview"] = SilencePreview(alerts, visit).values
      return try visit.page("silence_new", values)
    } catch let failure as Failure where failure.isAboutTheForm {
      return try visit.page("silence_new", values, problem: failure)
    }
  }
}

/// The alerts that a silence fits.
struct SilencePreview {
  /// Of more, the number is enough.
  private static let most = 20

  let values: Template.Values

  init(_ alerts: [Alert], _ visit: Visit) {
    let rest = alerts.count - Self.most
    let all: Template.Values = [
      "count": alerts.isEmpty ? visit.texts("silence_fits_none") : visit.texts.count("silence_fits", alerts.count),
      "fitting": alerts.prefix(Self.most).map { AlertRow($0, now: visit.now).values(visit.texts) },
      "rest": rest > 0 ? visit.texts.count("silence_fits_rest", rest) : "", "hasAny": !alerts.isEmpty,
    ]
    values = all
  }
}
