import Foundation
import TestSupport
import Testing

/// The server against its own document, by a judge that did not write either: requests that the document allows, and
/// requests that it forbids, in their thousands.
@Suite(.serialized) struct SchemathesisTests {
  @Test(.timeLimit(.minutes(20)))
  func `Ten thousand requests get no answer that the document does not allow, and none with 5xx`() async throws {
    var tocsin = Program()
    let token = try await tocsin.run("create-token", "--name", "schemathesis", "--role", "admin").line
    for number in 1...5 {
      _ = try await tocsin.run(
        "create-incident", "--title", "Incident \(number)", "--severity", "LOW", "--package", "P", "--alert", "a-1")
    }
    tocsin.environment["TOCSIN_REPORTS_RECIPIENTS"] = "ops@example.com"
    let running = try tocsin.start("serve", "--listen", "127.0.0.1:0")
    let server = try await running.waitFor(/address +(http\S+)/)
    // The same each time, so that a red run is somebody's change; another one on request.
    let seed = Int(ProcessInfo.processInfo.environment["TOCSIN_TEST_SEED"] ?? "") ?? 20_261_122
    // Two judges, since one works on one core only.
    async let monitoring = judge(tocsin, server, token, seed, ["--include-path-regex", "^/in/"])
    // The stream of events never ends.
    async let people = judge(tocsin, server, token, seed, ["--exclude-path-regex", "^/in/|^/api/v1/events$"])
    for judged in try await [monitoring, people] {
      let faults = judged.output.range(of: "= FAILURES =").map { judged.output[$0.lowerBound...] } ?? judged.output[...]
      #expect(
        judged.status == 0, "seed \(seed):\n\(faults.prefix(6000))\n…\(faults.suffix(2000))\(judged.talk.suffix(2000))")
    }
    #expect(running.isRunning)
    running.signal(SIGTERM)
    let talk = try await running.end().talk
    let served = talk.split(separator: "\n").count { $0.contains(#""message":"request"#) }
    #expect(served >= 10_000)
    #expect(!talk.contains(#""status":500"#))
  }

  private func judge(
    _ tocsin: Program, _ server: String, _ token: String, _ seed: Int, _ paths: [String]
  ) async throws -> Ended {
    let scratch = Scratch()
    let settings = try scratch.write("schemathesis.toml", Self.settings)
    let program = try PythonVenv.python().deletingLastPathComponent().appending(path: "schemathesis").path
    return try await tocsin.run(
      program: "/usr/bin/env",
      [
        // It leaves a folder where it is run.
        "-C", scratch.path, "PYTHONDONTWRITEBYTECODE=1",
        "SCHEMATHESIS_HOOKS=\(PythonVenv.path(of: "schemathesis_hooks.py"))", program,
        "--config-file", settings, "run",
        "\(server)/openapi.json", "--header", "Authorization: Bearer \(token)",
        // One worker: two that parse at once trip over CPython's own parser (python/cpython#106905).
        "--max-examples", "90", "--workers", "1", "--seed", "\(seed)", "--continue-on-failure",
        "--no-shrink", "--request-timeout", "30",
      ] + paths)
  }

  /// All that there are. The option for them would take what is said of one address for nothing.
  private static let checks = [
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "negative_data_rejection", "positive_data_acceptance", "missing_required_header",
    "unsupported_method", "use_after_free", "ensure_resource_availability", "ignored_auth",
  ]

  /// A version is rightly answered with 412 when it is not the current one; a cursor is what a list answered; the days of a
  /// range are in order; what monitoring systems send is described by them.
  private static let settings = """
    [checks]
    \(checks.map { "\($0).enabled = true" }.joined(separator: "\n"))
    positive_data_acceptance.expected-statuses = ["2xx", "3xx", 401, 403, 404, 409, 412, 429]

    [[operations]]
    include-path-regex = "^/in/"
    checks.positive_data_acceptance.enabled = false

    [[operations]]
    include-path-regex = "^/in/alertmanager/api/v2/"
    checks.positive_data_acceptance.enabled = false
    checks.negative_data_rejection.enabled = false

    [parameters]
    "query.cursor" = ""
    "query.start_date" = "2026-01-01"
    "query.end_date" = "2026-12-31"

    """
}
