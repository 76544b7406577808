import Foundation
import Tocsin

public struct GetReport: Call {
  public static let route = Route.api(.get, "/incidents/{id}/report", .readers, "Write the report of an incident.")
  public static let answers = ReportFormat.allCases.map {
    Endpoint.Content($0.mediaType, $0 == .json ? .anything : .text)
  }

  public struct Answer: Codable, Sendable {
    let format: ReportFormat
    let text: String
  }

  var id: String
  var format: ReportFormat?

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> Answer {
    let format = format ?? .text
    return Answer(format: format, text: try await incidents.report(id, format: format))
  }

  public static func content(_ answer: Answer) -> (type: String, text: String) {
    (answer.format == .json ? answer.format.mediaType : answer.format.mediaType + "; charset=utf-8", answer.text)
  }

  public static func answer(_ type: String, _ text: Data) throws -> Answer {
    let format = ReportFormat.allCases.first { type.hasPrefix($0.mediaType) } ?? .text
    return Answer(format: format, text: String(decoding: text, as: UTF8.self))
  }
}

extension ReportFormat {
  fileprivate var mediaType: String {
    switch self {
    case .text: "text/plain"
    case .markdown: "text/markdown"
    case .html: "text/html"
    case .json: "application/json"
    }
  }
}

/// How a report can be mailed.
public enum MailFormat: String, Word {
  case html, text

  public static let field = "format"
  public static func spelling(_ word: String) -> String { word.lowercased() }

  var format: ReportFormat { self == .html ? .html : .text }
}

public struct EmailReport: Call {
  public static let route = Route.api(
    .post, "/incidents/{id}/report/emails", .responders,
    "Mail the report of an incident, and wait up to 35 seconds for the outcome.")

  var id: String
  var format: MailFormat?
  var additionalRecipients: [String]?
  var sentBy: String?

  public var onBehalfOf: String? { sentBy }

  public func perform(on incidents: Incidents, by principal: Principal) async throws -> NotifyOutcome {
    try await incidents.emailReport(
      id, format: format?.format ?? .html, additionalRecipients: additionalRecipients ?? [], by: principal)
  }
}

extension Desk {
  /// The report of an incident: see `Incidents.report`.
  public func report(_ id: String, format: ReportFormat = .text) async throws -> String {
    try await perform(GetReport(id: id, format: format)).text
  }

  /// Mails the report: see `Incidents.emailReport`.
  @discardableResult
  public func emailReport(
    _ id: String, format: ReportFormat = .html, additionalRecipients: [String] = [], by: String? = nil
  ) async throws -> NotifyOutcome {
    try await perform(
      EmailReport(
        id: id, format: MailFormat(word: format.rawValue), additionalRecipients: additionalRecipients, sentBy: by))
  }
}
