import AsyncHTTPClient
import Foundation
import NIOCore
import NIOPosix

/// Debian's Alertmanager, which posts each alert on its own to `receiver`, or tells nobody. For comparison.
final class AlertmanagerPeer {
  private static let program = "/usr/bin/prometheus-alertmanager"
  static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: program) }

  private let process = Process()
  let url: String

  init(_ folder: String, _ receiver: Receiver?) async throws {
    let config = folder + "/alertmanager.yml"
    let hook = receiver.map { "webhook_configs: [{url: '\($0.url)', send_resolved: false}]" } ?? ""
    try """
    route: {receiver: hook, group_by: ['...'], group_wait: 0s, group_interval: 1s, repeat_interval: 24h}
    receivers:
      - name: hook
        \(hook)
    """.write(toFile: config, atomically: true, encoding: .utf8)
    let port = try await freePort()
    url = "http://127.0.0.1:\(port)"
    process.executableURL = URL(fileURLWithPath: Self.program)
    process.arguments = [
      "--config.file=\(config)", "--storage.path=\(folder)/alertmanager", "--cluster.listen-address=",
      "--web.listen-address=127.0.0.1:\(port)", "--log.level=error",
    ]
    (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
    try process.run()
    try await eventually(10) { [url] in
      let answer = try? await HTTPClient.shared.execute(HTTPClientRequest(url: url + "/-/ready"), timeout: .seconds(1))
      return answer?.status == .ok
    }
  }

  /// Hands in one alert.
  func add(_ name: String) async throws {
    var request = HTTPClientRequest(url: url + "/api/v2/alerts")
    request.method = .POST
    request.headers.add(name: "content-type", value: "application/json")
    request.body = .bytes(
      ByteBuffer(
        string: """
          [{"labels": {"alertname": "\(name)", "severity": "critical", "service": "DATABASE", "instance": "db1:9100"},
            "annotations": {"summary": "Disk full on db1", "description": "Less than 1 % left"}}]
          """))
    let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
    guard answer.status == .ok else { throw BenchmarkFault("Alertmanager answered \(answer.status)") }
    _ = try await answer.body.collect(upTo: 65_536)
  }

  func end() {
    process.terminate()
    process.waitUntilExit()
  }
}

/// A port on 127.0.0.1 that nobody listens at.
func freePort() async throws -> Int {
  let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
    .bind(host: "127.0.0.1", port: 0).get()
  let port = server.localAddress?.port ?? 0
  try await server.close()
  return port
}

/// A run that cannot go on.
struct BenchmarkFault: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// Waits until `condition` holds, at most `seconds`.
func eventually(_ seconds: Double, _ condition: () async throws -> Bool) async throws {
  let deadline = ContinuousClock.now + .seconds(seconds)
  while try await !condition() {
    guard ContinuousClock.now < deadline else { throw BenchmarkFault("waited in vain for \(seconds) s") }
    try await Task.sleep(for: .milliseconds(2))
  }
}
