import API
import Foundation
import Pages
import Storage
import Tocsin

/// A silence as somebody types it.
struct SilenceForm {
  /// One in each line.
  var matchers = ""
  var comment = ""
  var starts = ""
  var ends = ""
  var weekdays: Set<Weekday> = []
  var (fromTime, minutes, timeZone) = ("", "", "")

  init() {}

  init(_ visit: Visit) {
    func typed(_ name: String) -> String { visit.form[name] ?? "" }
    (matchers, comment) = (typed("matchers"), typed("comment"))
    (starts, ends) = (typed("starts"), typed("ends"))
    weekdays = Set(Weekday.allCases.filter { visit.form["on_\($0.rawValue)"] != nil })
    (fromTime, minutes, timeZone) = (typed("from_time"), typed("minutes"), typed("time_zone"))
  }

  init(_ silence: Silence) {
    matchers = silence.matchers.joined(separator: "\n")
    comment = silence.comment ?? ""
    starts = UTC.rfc3339(silence.startsAt)
    ends = silence.endsAt.map { UTC.rfc3339($0) } ?? ""
    weekdays = Set(silence.weekdays)
    (fromTime, timeZone) = (silence.fromTime ?? "", silence.timeZone ?? "")
    minutes = silence.minutes.map(String.init) ?? ""
  }

  /// For alerts that are like this one in everything.
  init(like alert: Alert) {
    let others = alert.labels.filter { $0.key != "alertname" }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    let labels = [("alertname", alert.namedLabels["alertname"] ?? alert.title)] + others
    matchers = labels.prefix(100)
      .compactMap { try? LabelMatcher(name: $0, value: $1, isRegex: false, isNegated: false).description }
      .joined(separator: "\n")
    ends = "2h"
  }

  var isWeekly: Bool { !weekdays.isEmpty || !fromTime.isEmpty }
}

extension SilenceForm {
  func values(_ texts: Texts) -> Template.Values {
    [
      "typedMatchers": matchers, "typedComment": comment, "typedStarts": starts, "typedEnds": ends,
      "typedFrom": fromTime, "typedMinutes": minutes, "typedZone": timeZone, "isWeekly": isWeekly,
      "days": Weekday.allCases.map { day in
        ["day": day.rawValue, "dayName": texts("silence_day_\(day.rawValue)"), "isChosen": weekdays.contains(day)]
      },
    ]
  }

  /// - Throws: ``Failure`` with code `invalid`.
  func labelMatchers() throws -> [LabelMatcher] {
    try matchers.split(separator: "\n").filter { !$0.allSatisfy(\.isWhitespace) }
      .flatMap { try LabelMatcher.list(String($0), field: "matchers") }
  }

  /// - Throws: ``Failure`` with code `invalid`.
  func length(_ texts: Texts) throws -> Int? {
    guard let minutes = minutes.typedText else { return nil }
    guard let number = Int(minutes) else {
      throw Failure(.invalid, texts("silence_no_minutes", ["text": printable(minutes)]), field: "minutes")
    }
    return number
  }

  func create(_ visit: Visit) async throws -> Silence {
    try await visit.desk.createSilence(
      labelMatchers().map(\.description), comment: comment.typedText, startsAt: starts.typedText,
      endsAt: ends.typedText,
      weekdays: weekdays.isEmpty ? nil : Array(weekdays), fromTime: fromTime.typedText, minutes: length(visit.texts),
      timeZone: timeZone.typedText)
  }

  /// Changes what differs from the silence as it is.
  func change(_ silence: Silence, _ visit: Visit) async throws {
    let old = SilenceForm(silence)
    func changed(_ part: KeyPath<SilenceForm, String>) -> String? {
      self[keyPath: part] == old[keyPath: part] ? nil : self[keyPath: part].typedText
    }
    let isSame = try labelMatchers().map(\.description) == silence.matchers
    try await visit.desk.changeSilence(
      silence.silenceGuid, matchers: isSame ? nil : labelMatchers().map(\.description),
      comment: comment == old.comment ? nil : comment, startsAt: silence.state == .pending ? changed(\.starts) : nil,
      endsAt: changed(\.ends), weekdays: weekdays == old.weekdays ? nil : Array(weekdays),
      fromTime: changed(\.fromTime),
      minutes: minutes == old.minutes ? nil : length(visit.texts), timeZone: changed(\.timeZone))
  }
}

extension String {
  /// What was typed; nil for nothing but blanks.
  var typedText: String? {
    let text = trimmingCharacters(in: .whitespacesAndNewlines)
    return text.isEmpty ? nil : text
  }
}
