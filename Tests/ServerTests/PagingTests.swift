import Foundation
import Hummingbird
import Storage
import TestSupport
import Testing
import Tocsin

@testable import Server

/// A long list behind a route, and how others disturb it.
struct LongList: Sendable, CustomTestStringConvertible {
  /// With `{id}` for an incident's guid.
  let path: String
  /// What tells two items apart.
  let key: String
  /// Inserts the rows from the first bound number to the second, of the incident that is bound third.
  let fill: String
  /// Changes some rows.
  var change: String?

  var testDescription: String { path }

  private static let numbers = "WITH RECURSIVE n(i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2) "
  /// Many rows share a moment.
  private static let time = "strftime('%Y-%m-%d %H:%M:%S', 1700000000 + i / 7, 'unixepoch') || '.000'"

  static let all = [
    LongList(
      path: "/incidents", key: "incident_guid",
      fill: numbers + """
        INSERT INTO data_incident (IncidentGuid, Title, Severity, Status, Package, CreatedAt, Description)
        SELECT printf('%08d', i * 7919 % 10000019), 'T', 'LOW', 'CREATED', 'P', \(time), ?3 FROM n
        """,
      change: "UPDATE data_incident SET Title = Title || '.', Version = Version + 1 WHERE abs(random() % 50) = 0"),
    LongList(
      path: "/incidents/{id}/notes", key: "note_guid",
      fill: numbers + """
        INSERT INTO data_incident_note (NoteGuid, IncidentGuid, NoteType, Content, CreatedAt)
        SELECT printf('%08d', i * 7919 % 10000019), ?3, 'GENERAL', 'n', \(time) FROM n
        """),
    LongList(
      path: "/incidents/{id}/alerts", key: "alert_guid",
      fill: numbers + """
        INSERT INTO data_incident_alert (AlertGuid, IncidentGuid, LinkedAt)
        SELECT printf('%08d', i * 7919 % 10000019), ?3, \(time) FROM n
        """),
    LongList(
      path: "/incidents/{id}/timeline", key: "seq",
      fill: numbers + """
        INSERT INTO data_incident_timeline (TimelineGuid, IncidentGuid, EventType, Description, Timestamp,
          OriginIncidentGuid, Seq, PreviousHash, Hash)
        SELECT printf('%08d', i), ?3, 'NOTE_ADDED', 'n', \(time), ?3, 100 + i, '', '' FROM n
        """),
    LongList(
      path: "/incidents/{id}/communications", key: "communication_guid",
      fill: numbers + """
        INSERT INTO data_incident_communication (CommunicationGuid, IncidentGuid, ShortRef, Channel, Timestamp)
        SELECT printf('%08d', i * 7919 % 10000019), ?3, 'REF-' || i, 'PHONE', \(time) FROM n
        """,
      change: "UPDATE data_incident_communication SET Status = 'DELIVERED' WHERE abs(random() % 50) = 0"),
    LongList(
      path: "/undelivered-communications", key: "communication_guid",
      fill: numbers + """
        INSERT INTO data_incident_communication (CommunicationGuid, IncidentGuid, ShortRef, Channel, Timestamp, Status)
        SELECT printf('%08d', i * 7919 % 10000019), ?3, 'REF-' || i, 'PHONE', \(time), 'FAILED' FROM n
        """,
      change: """
        UPDATE data_incident_communication SET Status = CASE Status WHEN 'FAILED' THEN 'PENDING' ELSE 'FAILED' END
        WHERE abs(random() % 50) = 0
        """),
    LongList(
      path: "/communications", key: "communication_guid",
      fill: numbers + """
        INSERT INTO data_incident_communication (CommunicationGuid, IncidentGuid, ShortRef, Channel, Timestamp, Status)
        SELECT printf('%08d', i * 7919 % 10000019), ?3, 'REF-' || i, 'PHONE', \(time),
          CASE i % 3 WHEN 0 THEN 'SENT' WHEN 1 THEN 'FAILED' ELSE 'DELIVERED' END FROM n
        """,
      change: "UPDATE data_incident_communication SET Status = 'DELIVERED' WHERE abs(random() % 50) = 0"),
    LongList(
      path: "/alerts", key: "alert_guid",
      fill: numbers + """
        INSERT INTO data_alert (AlertGuid, Source, DedupKey, Status, Severity, Package, Title, Labels, GroupKey, StartsAt,
          FirstSeenAt, LastSeenAt)
        SELECT printf('%08d', i), 'json', i || ?3, 'FIRING', 'LOW', 'P', 'T', '{}', i, \(time), \(time), \(time) FROM n
        """,
      change:
        "UPDATE data_alert SET Count = Count + 1, LastSeenAt = '2026-12-01 00:00:00.000' WHERE abs(random() % 50) = 0"
    ),
    LongList(
      path: "/notify-rules", key: "notify_code",
      fill: numbers + """
        INSERT INTO def_notify (NotifyCode, NotifyName, NotifyChannels)
        SELECT printf('%08d', i * 7919 % 10000019), coalesce(?3, ''), 'EMAIL' FROM n
        """,
      change: "UPDATE def_notify SET NotifyName = NotifyName || '.' WHERE abs(random() % 50) = 0"),
  ]
}

@Suite struct PagingTests {
  // On SQLite only: the rows are made by its own SQL, and PageTests read pages on both.
  /// Failure: what others write between two pages shifts the next one: rows are missing, or come twice.
  @Test(arguments: LongList.all)
  func `10,000 rows read in pages while rows are inserted and changed: none missing, none twice`(_ list: LongList)
    async throws
  {
    try await TestDatabase.sqlite.run { bench in
      let (token, guid) = (try await bench.token(.admin), try await bench.incident().incidentGuid)
      let path = "/api/v1" + list.path.replacing("{id}", with: guid)
      try await fill(list, 1, 10_000, guid, bench)
      let pages = try await bench.serving { server in
        var (pages, next): ([JSONValue], String?) = ([], path + "?limit=200")
        while let uri = next {
          let page = try await server.send(.get, uri, token: token)
          try #require(page.status == 200, "\(page.text.prefix(500))")
          pages.append(page.json["items"])
          next = page.headers[.init("Link")!]?.firstMatch(of: /^<(.+)>; rel="next"$/).map { String($0.1) }
          #expect(next == page.json["next_cursor"].string.map { "\(path)?limit=200&cursor=\($0)" })
          // Fewer than a page holds, and not for ever: else a list that grows at its end has none.
          let start = 10_000 + pages.count * 50
          if pages.count < 60 { try await fill(list, start, start + 49, guid, bench) }
          if let change = list.change { try await bench.tamper(change) }
        }
        return pages
      }
      let seen = pages.flatMap { page in (0..<page.count).map { page[$0][list.key] } }
      #expect(Set(seen).count == seen.count, "none twice")
      #expect(originals(list).isSubset(of: seen), "none missing")
      #expect(pages.count >= 50)
    }
  }

  private func fill(_ list: LongList, _ first: Int, _ last: Int, _ guid: String, _ bench: TestBench) async throws {
    try await bench.tamper(list.fill, [.integer(first), .integer(last), .text(guid)])
  }

  /// The keys of the first 10,000.
  private func originals(_ list: LongList) -> Set<JSONValue> {
    Set(
      (1...10_000).map { number in
        switch list.key {
        case "seq": .integer(Int64(100 + number))
        case _ where list.path == "/alerts": .string(padded(number))
        default: .string(padded(number * 7919 % 10_000_019))
        }
      })
  }

  private func padded(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }

  @Test func `The link to the next page keeps the filters, and nothing in it can end it`() async throws {
    try await TestDatabase.sqlite.run { bench in
      let token = try await bench.token(.viewer)
      for number in 0..<3 { try await bench.incident("a>b \(number)", severity: .low) }
      let page = try await bench.send(
        .get, "/api/v1/incidents?severity=low&search=a%3Eb&limit=1", token: token)
      let link = try #require(page.headers[.init("Link")!])
      #expect(link.hasPrefix("</api/v1/incidents?severity=low&search=a%3Eb&limit=1&cursor="))
      let uri = try #require(link.firstMatch(of: /^<([^<>]+)>; rel="next"$/).map { String($0.1) })
      let second = try await bench.send(.get, uri, token: token)
      #expect(second.json["items"].count == 1)
      let third = try await bench.send(
        .get, String(try #require(second.headers[.init("Link")!]).dropFirst().prefix { $0 != ">" }), token: token)
      #expect(third.json["next_cursor"] == .null && third.headers[.init("Link")!] == nil)
    }
  }
}
