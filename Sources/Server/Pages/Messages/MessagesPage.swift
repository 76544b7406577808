import API
import Foundation
import Hummingbird
import Pages
import Tocsin

/// The message behind a reference, and the messages of all incidents.
struct MessagesPage: PageGroup {
  /// Seconds to wait for the outcome of a message that is sent again: then the page says that it is under way.
  private static let patience = 8.0

  let incidents: Incidents

  func add(to table: inout RouteTable) {
    table.add(
      visit: Route(
        .get, "/communications", .readers, "The message behind a reference, and the messages of all incidents."),
      incidents
    ) { visit in
      if let text = visit.asked("ref") { return try await look(for: text, visit) }
      return try await list(visit)
    }
    // By POST, since a whole message is too long for an address. It changes nothing.
    table.add(visit: Route(.post, "/communications", .readers, "Finds the reference in a text."), incidents) { visit in
      let text = visit.text("ref") ?? ""
      if let ref = reference(in: text) { return .redirect(to: MessageValues.address(ref), type: .normal) }
      return try await list(visit, typed: text, problem: noReference(text, visit))
    }
    table.add(
      visit: Route(.post, "/communications/{ref}/resend", .responders, "Sends a message again, or tries it now."),
      incidents
    ) { visit in
      let ref = try visit.parameter("ref")
      do {
        try await incidents.resend(ref, by: visit.principal, patience: Self.patience)
        return visit.done(MessageValues.address(ref), said: "message_sent_again")
      } catch let failure as Failure where failure.isAboutTheForm {
        return try await look(for: ref, visit, problem: failure)
      }
    }
  }

  /// A reference holds no blanks, so it is looked for in word after word, however long the text is.
  private func reference(in text: String) -> String? {
    text.split(whereSeparator: \.isWhitespace).lazy.compactMap { ShortRef.find(in: String($0)) }.first
  }

  private func noReference(_ text: String, _ visit: Visit) -> Failure {
    Failure(.invalid, visit.texts("message_no_ref", ["text": printable(text)]), field: "ref")
  }

  private func look(for text: String, _ visit: Visit, problem failure: Failure? = nil) async throws -> Response {
    guard let ref = reference(in: text) else {
      return try await list(visit, typed: text, problem: noReference(text, visit))
    }
    guard let found = try await incidents.communication(ref: ref) else {
      let failure = Failure(.notFound, visit.texts("message_unknown_ref", ["ref": ref]), field: "ref")
      return try await list(visit, typed: text, problem: failure)
    }
    var values = MessageValues.located(found, visit)
    values["typedRef"] = ref
    values["live"] = "all"
    return try visit.page("message_found", values, problem: failure)
  }

  private func list(_ visit: Visit, typed: String = "", problem failure: Failure? = nil) async throws -> Response {
    let (state, channel) = (visit.asked("status")?.uppercased() ?? "ALL", visit.asked("channel"))
    let address = PageAddress(path: "/communications", fields: [("status", state.lowercased()), ("channel", channel)])
    var values: Template.Values = [
      "typedRef": typed, "typedChannel": channel ?? "", "status": state.lowercased(), "live": "all",
      "isFiltered": channel != nil, "mayRespond": visit.mayRespond,
      "views": address.chips(
        "status",
        (["ALL"] + DeliveryStatus.allCases.map(\.rawValue)).map {
          ($0.lowercased(), visit.texts("message_view_\($0.lowercased())"))
        },
        chosen: state.lowercased()),
    ]
    do {
      let wanted = state == "ALL" ? nil : try DeliveryStatus(word: state)
      let page = try await incidents.communications(
        status: wanted, channel: channel, page: PageRequest(cursor: visit.asked("cursor")))
      values["messages"] = page.items.map { MessageValues.listed($0, visit) }
      values["isEmpty"] = page.items.isEmpty
      if let next = page.nextCursor { values["older"] = address.with([("cursor", next)]) }
      return try visit.page("messages", values, problem: failure)
    } catch let bad as Failure where bad.isAboutTheForm {
      return try visit.page("messages", values, problem: failure ?? bad)
    }
  }
}
