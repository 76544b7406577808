import API
import Foundation
import Hummingbird
import Pages
import Tocsin

/// The report of an incident: to read, to print, to keep, to mail.
struct ReportPages: PageGroup {
  private static let endings: [(ReportFormat, String)] = [
    (.html, "html"), (.markdown, "md"), (.text, "txt"), (.json, "json"),
  ]

  /// Columns of words that do not wrap.
  private static let short: Set = ["Time", "Linked", "Ref", "Channel", "Direction", "Event"]

  let incidents: Incidents

  func add(to table: inout RouteTable) {
    let path = "/incidents/{id}/report"
    table.add(visit: Route(.get, path, .readers, "The report of an incident."), incidents) { visit in
      try await page(visit, visit.incident())
    }
    table.add(visit: Route(.post, path, .responders, "Mails the report of an incident."), incidents) { visit in
      let incident = try await visit.incident()
      do {
        let words = (visit.form["recipients"] ?? "").split { $0.isWhitespace || ",;".contains($0) }.map(String.init)
        let format: ReportFormat = visit.form["format"] == "text" ? .text : .html
        let outcome = try await incidents.emailReport(
          incident.incidentGuid, format: format, additionalRecipients: words, by: visit.principal,
          patience: MessageForms.patience)
        return .redirect(to: "\(incident.address)?\(outcome.text)#communications", type: .normal)
      } catch let failure as Failure where failure.isAboutTheForm {
        return try await page(visit, incident, problem: failure)
      }
    }
  }

  private func page(_ visit: Visit, _ incident: Incident, problem: Failure? = nil) async throws -> Response {
    let report = try await incidents.reportDocument(of: incident.incidentGuid)
    let api = "/api/v1" + incident.address + "/report?format="
    return try visit.page(
      "incident_report",
      [
        "address": incident.address, "title": report.title, "severity": report.severity.rawValue,
        "status": report.status.rawValue, "mayMail": visit.mayRespond && incident.mergedIntoGuid == nil,
        "recipients": visit.form["recipients"] ?? "", "isText": visit.form["format"] == "text",
        "sections": report.sections.map(section),
        "formats": Self.endings.map { format, ending -> Template.Values in
          [
            "words": visit.texts("inc_report_\(format.rawValue)"), "to": api + format.rawValue,
            "file": "incident-\(incident.shortGuid).\(ending)",
          ]
        },
      ], problem: problem)
  }

  private func section(_ section: ReportDocument.Section) -> Template.Values {
    ["heading": section.heading, "blocks": section.blocks.map(block)]
  }

  private func block(_ block: ReportDocument.Block) -> Template.Values {
    var values: Template.Values = ["hasFields": false, "text": "", "hasItems": false, "isTable": false]
    switch block {
    case .fields(let fields):
      values["hasFields"] = true
      values["fields"] = fields.map { ["fieldName": $0.name, "fieldValue": $0.value] as Template.Values }
    case .text(let text): values["text"] = text
    case .list(let items):
      values["hasItems"] = true
      values["items"] = items.map { ["item": $0] as Template.Values }
    case .table(let columns, let rows):
      values["isTable"] = true
      values["columns"] = columns.map { ["column": $0] as Template.Values }
      values["rows"] = rows.map { row -> Template.Values in
        [
          "cells": zip(columns, row).map {
            ["label": $0, "cell": $1, "isShort": Self.short.contains($0)] as Template.Values
          }
        ]
      }
    }
    return values
  }
}
