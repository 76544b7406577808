import HTTPTypes
import InMemoryTracing
import TestSupport
import Testing
import Tocsin
import Tracing

@testable import Server

// On SQLite only: this is about HTTP, which no engine decides.
@Suite struct TracingTests {
  private let tracer = InMemoryTracer()

  @Test func `A request is a span under its route, within the trace of whoever sent it`() async throws {
    try await TestDatabase.sqlite.run { bench in
      let headers: HTTPFields = [
        try #require(HTTPField.Name(InMemoryTracer.traceIDKey)): "their-trace",
        try #require(HTTPField.Name(InMemoryTracer.spanIDKey)): "their-span",
        try #require(HTTPField.Name("traceparent")): "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      ]
      try await withTracer(tracer) {
        _ = try await bench.send(.get, "/api/v1/incidents/secret-looking-id", nil, token: "tocsin_x", headers)
      }
      let span = try #require(tracer.finishedSpans.first)
      #expect(tracer.finishedSpans.count == 1 && tracer.activeSpans.isEmpty)
      #expect(span.operationName == "GET /api/v1/incidents/{id}")
      #expect(span.traceID == "their-trace" && span.parentSpanID == "their-span")
      #expect(span.attributes.get("http.route") == "/api/v1/incidents/{id}")
      #expect(span.attributes.get("http.response.status_code") == 401)
      #expect(span.status == nil)
      let carrier = try #require(tracer.performedContextExtractions.first?.carrier as? HTTPFields)
      #expect(carrier[try #require(HTTPField.Name("traceparent"))]?.hasPrefix("00-0af765") == true)
    }
  }

  @Test func `A failure of ours is a span with an error`() async throws {
    try await TestDatabase.sqlite.run { bench in
      let token = try await bench.token(.viewer)
      try await bench.tamper("ALTER TABLE data_incident RENAME TO gone")
      try await withTracer(tracer) { _ = try await bench.send(.get, "/api/v1/incidents", token: token) }
      #expect(try #require(tracer.finishedSpans.first).status?.code == .error)
    }
  }

  @Test func `Each attempt to send is a span, below the request that asked for it`() async throws {
    try await TestDatabase.sqlite.run(channels: [FakeChannel<EmailName>(FakeVendor())]) { bench in
      let token = try await bench.token(.admin)
      let guid = try await bench.incident().incidentGuid
      try await bench.incidents.setNotifyRule("R", name: "r", channels: "EMAIL:a")
      try await withTracer(tracer) {
        _ = try await bench.send(
          .post, "/api/v1/incidents/\(guid)/notifications", #"{"notify_code": "R"}"#, token: token)
      }
      let spans = tracer.finishedSpans
      let send = try #require(spans.first { $0.operationName == "send EMAIL" })
      let request = try #require(spans.first { $0.operationName.hasPrefix("POST ") })
      #expect(send.parentSpanID == request.spanID)
      #expect(send.attributes.get("tocsin.attempt") == 1)
    }
  }
}
