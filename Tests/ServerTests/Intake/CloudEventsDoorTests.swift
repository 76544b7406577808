import Foundation
import HTTPTypes
import Hummingbird
import Storage
import TestSupport
import Testing
import Tocsin

@testable import Server

@Suite struct CloudEventsDoorTests {
  private static let event = #"{"specversion":"1.0","id":"1","source":"/s","type":"t","data":{"title":"Disk full"}}"#

  private static func headers(_ type: String?, _ attributes: [String: String] = [:]) -> HTTPFields {
    var headers: HTTPFields = [:]
    if let type { headers[.contentType] = type }
    for (name, value) in attributes { headers[HTTPField.Name("CE-\(name)")!] = value }
    return headers
  }

  private static let binary = ["specversion": "1.0", "id": "1", "source": "/s", "type": "t"]

  @Test(arguments: [
    ("application/cloudevents+json; charset=UTF-8", [:], event), ("Application/CloudEvents+JSON", [:], event),
    ("application/cloudevents-batch+json", [:], "[\(event)]"), ("application/json", [:], event),
    ("application/json; charset=utf-8", binary, #"{"title":"Disk full"}"#),
    ("application/vnd.disk+json", binary, #"{"title":"Disk full"}"#),
    // Headers may go along in structured mode; what the body says counts.
    ("application/cloudevents+json", ["id": "other", "type": "u"], event),
  ])
  func `Every mode tells of the same alert`(
    _ type: String, _ attributes: [String: String], _ body: String
  ) async throws {
    try await TestDatabase.runEach { bench in
      let answer = try await bench.send(
        .post, "/in/cloudevents", body, token: bench.token(.ingest), Self.headers(type, attributes))
      #expect(answer.status == 200 && answer.json["received"] == 1, "\(answer.text)")
      let alert = try #require(try await bench.incidents.alerts().items.first)
      #expect(alert.title == "Disk full" && alert.dedupKey == "/s 1" && alert.package == "/s")
      #expect(alert.labels == ["source": "/s", "type": "t"])
      let guid = try #require(answer.json["opened"][0].string)
      #expect(try await bench.events(of: guid) == [.incidentCreated, .alertLinked])
    }
  }

  @Test(arguments: [
    ("application/cloudevents+avro", [:], event, 415, "pointer", ""), ("text/plain", [:], event, 415, "pointer", ""),
    ("application/cloudevents-batch+avro", [:], event, 415, "pointer", ""),
    ("application/cloudevents+json", [:], "{", 400, "pointer", ""),
    ("application/json", binary, "{", 400, "pointer", ""),
    ("application/cloudevents+json", [:], "{}", 422, "pointer", "/specversion"),
    ("application/cloudevents-batch+json", [:], event, 422, "pointer", ""),
    ("application/cloudevents-batch+json", [:], "[\(event),{}]", 422, "pointer", "/1/specversion"),
    ("text/plain", ["id": "1"], "x", 422, "parameter", "ce-specversion"),
    ("text/plain", ["specversion": "1.0", "id": "1", "source": "/s"], "x", 422, "parameter", "ce-type"),
    (
      "text/plain", ["specversion": "2.0", "id": "1", "source": "/s", "type": "t"], "x", 422, "parameter",
      "ce-specversion"
    ),
    ("text/plain", ["specversion": "1.0", "id": "%FF", "source": "/s", "type": "t"], "x", 400, "parameter", "ce-id"),
  ])
  func `What is no CloudEvent is refused with its place, and nothing is written`(
    _ type: String, _ attributes: [String: String], _ body: String, _ status: Int, _ kind: String, _ place: String
  ) async throws {
    try await TestDatabase.runEach { bench in
      let answer = try await bench.send(
        .post, "/in/cloudevents", body, token: bench.token(.ingest), Self.headers(type, attributes))
      #expect(answer.status == status, "\(answer.text)")
      if !place.isEmpty { #expect(answer.json[kind] == .string(place), "\(answer.text)") }
      #expect(try await bench.incidents.alerts().items.isEmpty)
    }
  }
}
