import AsyncHTTPClient
import Foundation
import TestSupport
import Testing
import Tocsin

@testable import Channels

/// Connections that are kept, and connections that end.
@Suite struct HTTPConnectionTests {
  @Test("A server that closes idle connections costs no message, and gets none twice")
  func closedIdleConnectionsCostNothing() async throws {
    try await HTTPReceiver.with { _ in
      .statusThenClose(200)
    } _: { receiver in
      let post = HTTPPost(url: receiver.url(), body: Array("message".utf8), timeOuts: TimeOuts(total: 5))
      var failures = 0
      for number in 0..<200 {
        // Some at once, when the end of the connection is still on its way; some after it came.
        if number.isMultiple(of: 2) { try await Task.sleep(for: .milliseconds(2)) }
        do throws(SendFailure) {
          _ = try await post.accepted()
        } catch {
          failures += 1
          #expect(error == .retryable("127.0.0.1: it closed the connection without an answer"))
        }
      }
      #expect(receiver.requests.count <= 200)
      #expect(receiver.requests.count + failures >= 200)
      #expect(failures <= 100)
    }
  }

  @Test func aConnectionIsKeptForTheNextMessage() async throws {
    try await HTTPReceiver.with { _ in
      .status(200)
    } _: { receiver in
      for _ in 0..<10 { _ = try await HTTPPost(url: receiver.url()).accepted() }
      #expect(receiver.requests.count == 10)
      #expect(receiver.connections == 1)
    }
  }

  @Test func whatMayHaveArrivedIsNotSentTwice() async throws {
    try await HTTPReceiver.with { _ in
      .close
    } _: { receiver in
      let post = HTTPPost(url: receiver.url(), body: Array("message".utf8), timeOuts: TimeOuts(total: 2))
      await #expect(throws: SendFailure.retryable("127.0.0.1: it closed the connection without an answer")) {
        try await post.accepted()
      }
      #expect(receiver.requests.count == 1)
    }
  }

  @Test func onlySoManyClientsAreKept() async throws {
    try await HTTPReceiver.with { _ in
      .status(200)
    } _: { receiver in
      let clients = HTTPClients(limit: 2)
      for number in 0..<6 {
        await #expect(throws: Never.self) { try await ask(clients, "host\(number).example", receiver.port) }
        #expect(clients.count <= 2)
      }
      // All at once: none is taken from who uses it.
      await withTaskGroup { group in
        for number in 0..<8 {
          group.addTask {
            await #expect(throws: Never.self) { try await ask(clients, "all\(number).example", receiver.port) }
          }
        }
      }
      #expect(clients.count <= 2)
      await clients.shutDown()
    }
  }

  private func ask(_ clients: HTTPClients, _ host: String, _ port: Int) async throws {
    try await clients.with(HTTPClients.Pin(host: host, address: "127.0.0.1")) { client in
      try await Task.sleep(for: .milliseconds(50))
      _ = try await client.execute(HTTPClientRequest(url: "http://\(host):\(port)/"), timeout: .seconds(5))
    }
  }
}
