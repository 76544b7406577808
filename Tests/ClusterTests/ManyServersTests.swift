import AsyncHTTPClient
import Channels
import Foundation
import NIOCore
import NIOHTTP1
import Storage
import TestSupport
import Testing

@testable import Tocsin

extension ClusterTests {
  /// Three servers at the same rows.
  @Suite(.serialized) struct ManyServersTests {
    /// Failure: two servers both believe that they changed what they saw.
    @Test func `Of 10,000 compare-and-sets by three servers, the version counts those that were accepted`() async throws
    {
      let cluster = try await Cluster.shared()
      try await compareAndSet(10_000, cluster)
    }

    /// Failure: each server writes to a node of its own, where no lock of the others is seen.
    @Test func `The same holds when each server writes to a node of its own`() async throws {
      let cluster = try await Cluster.shared()
      let cuts = [(2, 1), (3, 1), (3, 2)]
      for (server, node) in cuts { try await cluster.cut(server: server, fromNode: node) }
      try await compareAndSet(1_000, cluster)
      for (server, node) in cuts { try await cluster.mend(server: server, toNode: node) }
    }

    /// Failure: two dispatchers take the same message.
    @Test func `Of 20,000 messages three dispatchers send each once`() async throws {
      let cluster = try await Cluster.shared()
      let receiver = cluster.receiver
      let webhook = try Webhook(settings: ["url": receiver.url(), "internal_hosts": "127.0.0.1"])
      let incidents = try await Incidents.open(cluster.database(at: 1), channels: [webhook])
      let posted = try await post(20_000, of: 400, to: receiver, incidents)
      let start = ContinuousClock.now
      _ = try await eventually("all are sent: \(receiver.many.count)", within: 600) {
        try await Task.sleep(for: .milliseconds(500))
        return receiver.many.count >= posted.count ? true : nil
      }
      print("20,000 messages by three dispatchers in \(ContinuousClock.now - start)")
      // One too many would come now.
      try await Task.sleep(for: .seconds(2))
      #expect(receiver.many.count == posted.count)
      #expect(Set(receiver.many.compactMap(\.shortRef)) == posted)
      let queued = try await incidents.database.read { try $0.integer("SELECT count(*) FROM tocsin_queue") }
      #expect(queued == 0)
    }

    // MARK: -

    private func compareAndSet(_ count: Int, _ cluster: Cluster) async throws {
      let incidents = try await Incidents.open(cluster.database(at: 1))
      let guid = try await incidents.create(title: "Hot", severity: .low, package: "P").incidentGuid
      let (accepted, outdated) = (Counter(), Counter())
      let start = ContinuousClock.now
      try await withThrowingTaskGroup(of: Void.self) { group in
        for writer in 0..<12 {
          let desk = Desk(server: cluster.server(writer % 3 + 1), token: cluster.token)
          group.addTask {
            var version = 1
            for number in 0..<count / 12 + (writer < count % 12 ? 1 : 0) {
              let answer = try await desk.rename(guid, "\(writer)-\(number)", version)
              switch answer.status {
              case 200:
                accepted.increment()
                version = answer.version
              case 412:
                outdated.increment()
                version = try await desk.version(of: guid)
              // Refused, and it says so: not counted.
              case 503: try await Task.sleep(for: .milliseconds(100))
              default: Issue.record("answered with \(answer.status)")
              }
            }
          }
        }
        try await group.waitForAll()
      }
      print("\(count) compare-and-sets: \(accepted.count) accepted, \(outdated.count) outdated, ", terminator: "")
      print("\(count - accepted.count - outdated.count) refused, in \(ContinuousClock.now - start)")
      #expect(accepted.count > count / 100)
      #expect(try await incidents.get(guid).version == accepted.count + 1)
      let changes = try await incidents.timeline(of: guid).count { $0.eventType == .detailsChange }
      #expect(changes == accepted.count)
    }

    /// Puts numbered messages in line, of so many incidents.
    ///
    /// - Returns: their references.
    private func post(
      _ count: Int, of incidentCount: Int, to receiver: HTTPReceiver, _ incidents: Incidents
    ) async throws -> Set<String> {
      var opened: [Incident] = []
      for number in 0..<incidentCount {
        opened.append(try await incidents.create(title: "Incident \(number)", severity: .high, package: "TEST"))
      }
      var refs: Set<String> = []
      for start in stride(from: 0, to: count, by: 500) {
        let all = opened
        refs.formUnion(
          try await incidents.database.write { transaction in
            try (start..<min(start + 500, count)).map { number in
              try incidents.post(
                MessageDraft(
                  incident: all[number % all.count], channel: "WEBHOOK", target: receiver.url("/many/\(number % 20)"),
                  text: { "\(number) [Ref: \($0)]" }, subject: { _ in "" }),
                by: .system, transaction
              ).shortRef
            }
          })
      }
      return refs
    }
  }
}

/// Calls of the API.
private struct Desk {
  let server: String
  let token: String

  func rename(_ guid: String, _ title: String, _ version: Int) async throws -> (status: UInt, version: Int) {
    let body = #"{"title": "\#(title)"}"#
    let (status, incident) = try await call(.PATCH, guid, body, ["if-match": "\"\(version)\""])
    return (status, incident["version"] as? Int ?? 0)
  }

  func version(of guid: String) async throws -> Int {
    try await call(.GET, guid, nil, [:]).incident["version"] as? Int ?? 0
  }

  private func call(
    _ method: HTTPMethod, _ guid: String, _ body: String?, _ headers: [String: String]
  ) async throws -> (status: UInt, incident: [String: Any]) {
    var request = HTTPClientRequest(url: server + "/api/v1/incidents/" + guid)
    request.method = method
    request.headers.add(name: "authorization", value: "Bearer \(token)")
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    if let body {
      request.headers.add(name: "content-type", value: "application/json")
      request.body = .bytes(ByteBuffer(string: body))
    }
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
    let answer = Data(try await response.body.collect(upTo: 1 << 20).readableBytesView)
    return (response.status.code, (try? JSONSerialization.jsonObject(with: answer)) as? [String: Any] ?? [:])
  }
}

extension HTTPReceiver {
  /// What came of the many messages.
  fileprivate var many: [Request] { requests.filter { $0.uri.hasPrefix("/many/") } }
}

extension HTTPReceiver.Request {
  fileprivate var shortRef: String? {
    let event = (try? JSONSerialization.jsonObject(with: body)) as? [String: Any]
    return (event?["data"] as? [String: Any])?["short_ref"] as? String
  }
}
