import Foundation
import TestSupport
import Testing
import Tocsin

@testable import Channels

@Suite struct WebhookAnswerTests {
  private let quick = TimeOuts(connect: 1, total: 1)
  private let secret = "correct horse battery staple"

  private func webhook(_ more: [String: String] = [:]) throws -> Webhook {
    try Webhook(
      settings: ["secret": secret, "internal_hosts": "127.0.0.1"].merging(more) { $1 }, timeOuts: quick)
  }

  @Test func onlyA2xxIsProofAndOnlySomeOthersAreTriedAgain() async throws {
    try await HTTPReceiver.with {
      .status(Int($0.uri.dropFirst())!, body: "correct horse battery staple")
    } _: { receiver in
      let webhook = try Webhook(settings: ["secret": secret, "url": receiver.url()])
      for status in 200...599 {
        let failure = await webhook.refusal(of: .sample(to: receiver.url("/\(status)")))
        let isRetryable = [408, 429].contains(status) || status >= 500
        #expect((failure == nil) == (200...299).contains(status), "\(status)")
        #expect((failure?.isRetryable == true) == isRetryable, "\(status)")
        #expect(failure?.reason.contains("\(status)") ?? true)
        #expect(failure?.reason.contains("horse") != true)
      }
      #expect(receiver.requests.count == 400)
    }
  }

  @Test func aRedirectIsNotFollowed() async throws {
    try await HTTPReceiver.with { request in
      request.uri == "/hook" ? .status(307, headers: ["location": "/elsewhere"]) : nil
    } _: { receiver in
      let failure = try await webhook().refusal(of: .sample(to: receiver.url()))
      #expect(failure?.isPermanent == true)
      #expect(receiver.requests.count == 1)
    }
  }

  @Test func aReceiverThatWantsNoMoreIsNamedSo() async throws {
    try await HTTPReceiver.with { _ in
      .status(410)
    } _: { receiver in
      let failure = try await webhook().refusal(of: .sample(to: receiver.url()))
      #expect(failure == .permanent("the receiver no longer wants messages (410)"))
    }
  }

  @Test func theReceiverSaysWhenToTryAgain() async throws {
    try await HTTPReceiver.with { _ in
      .status(429, headers: ["retry-after": "120"])
    } _: { receiver in
      let failure = try await webhook().refusal(of: .sample(to: receiver.url()))
      #expect(failure == .retryable("the receiver gets too many messages (429)", after: 120))
    }
  }

  @Test(arguments: [
    ("hang", HTTPReceiver.Answer.hang), ("close", .close), ("junk", .junk("SSH-2.0-OpenSSH_9.2\r\n")),
    ("half", .junk("HTTP/1.1 200 OK\r\ncontent-")),
  ])
  func withoutAnAnswerItIsTriedAgain(name: String, answer: HTTPReceiver.Answer) async throws {
    try await HTTPReceiver.with { _ in
      answer
    } _: { receiver in
      let url = receiver.url("/path?key=\(name)")
      let start = ContinuousClock.now
      let failure = try #require(try await webhook().refusal(of: .sample(to: url)))
      #expect(failure.isRetryable)
      #expect(failure.reason.hasPrefix("127.0.0.1: "))
      #expect(!failure.reason.contains("key=") && !failure.reason.contains("horse"))
      #expect(ContinuousClock.now - start < .seconds(8))
    }
  }

  @Test func aRefusedConnectionIsTriedAgain() async throws {
    let port = try await HTTPReceiver.with({ _ in nil }, { $0.port })
    let start = ContinuousClock.now
    let failure = try await Webhook(settings: ["internal_hosts": "127.0.0.1"])
      .refusal(of: .sample(to: "http://127.0.0.1:\(port)/"))
    #expect(ContinuousClock.now - start < .seconds(20))
    #expect(failure == .retryable("127.0.0.1: it refused the connection"))
  }

  @Test func noMoreOfABodyIsReadThanIsAllowed() async throws {
    try await HTTPReceiver.with { _ in
      .stall(200, bytes: 8 << 20)
    } _: { receiver in
      let start = ContinuousClock.now
      let accepted = try await HTTPPost(url: receiver.url()).accepted()
      #expect(accepted.body.count == HTTPPost.longestAnswer)
      #expect(ContinuousClock.now - start < .seconds(20))
    }
  }

  @Test func aBodyThatNeverEndsDoesNotUndoTheProof() async throws {
    try await HTTPReceiver.with { _ in
      .stall(200, bytes: 5)
    } _: { receiver in
      let accepted = try await HTTPPost(url: receiver.url(), timeOuts: TimeOuts(total: 5)).accepted()
      #expect(accepted.body == Array("xxxxx".utf8))
    }
  }

  @Test func aProbeSendsNoMessage() async throws {
    try await HTTPReceiver.with {
      $0.method == "OPTIONS" ? .status(405) : nil
    } _: { receiver in
      let fault = try await webhook(["url": receiver.url()]).probe()
      #expect(fault == nil)
      #expect(receiver.requests.map(\.body) == [Data()])
    }
    let port = try await HTTPReceiver.with({ _ in nil }, { $0.port })
    let fault = try await webhook(["url": "http://127.0.0.1:\(port)/"]).probe()
    #expect(fault == "127.0.0.1: it refused the connection")
  }

  @Test(arguments: [("TLSv1_1", false), ("TLSv1_2", true), ("TLSv1_3", true)])
  func aServerThatSpeaksAnOlderTLSThan12GetsNothing(version: String, isTaken: Bool) async throws {
    let certificates = try TestCertificates()
    try await HTTPSServer.with(certificates, tls: version) { port in
      let message = OutboundMessage.sample(to: "https://127.0.0.1:\(port)/hook")
      let failure = try await webhook(["ca_file": certificates.authority]).refusal(of: message)
      #expect(failure == (isTaken ? nil : .retryable("127.0.0.1: no encrypted connection")))
    }
  }

  @Test func onlyAServerOfTheTrustedCAGetsTheMessage() async throws {
    let (certificates, other) = (try TestCertificates(), try TestCertificates())
    try await HTTPSServer.with(certificates) { port in
      let message = OutboundMessage.sample(to: "https://127.0.0.1:\(port)/hook")
      let untrusted = SendFailure.retryable("127.0.0.1: its certificate is not trusted")
      for (file, expected) in [(certificates.authority, nil), (other.authority, untrusted), (nil, untrusted)] {
        let failure = try await webhook(file.map { ["ca_file": $0] } ?? [:]).refusal(of: message)
        #expect(failure == expected)
      }
    }
  }

  @Test("A name needs a certificate for the name, not for the address that it leads to")
  func aCertificateForTheAddressIsNotForTheName() async throws {
    let (address, name) = (try TestCertificates(for: "IP:127.0.0.1"), try TestCertificates(for: "DNS:*.hooks.example"))
    let hosts: [(TestCertificates, String, Bool)] = [
      (address, "127.0.0.1", true), (address, "a.hooks.example", false), (name, "a.hooks.example", true),
      (name, "hooks.example", false), (name, "a.b.hooks.example", false), (name, "127.0.0.1", false),
    ]
    for (certificates, host, isTaken) in hosts {
      try await HTTPSServer.with(certificates) { port in
        let settings = ["internal_hosts": "127.0.0.1", "ca_file": certificates.authority]
        let webhook = try Webhook(settings: settings, timeOuts: quick) { _, _ in
          [IPAddress("127.0.0.1")].compactMap(\.self)
        }
        let failure = await webhook.refusal(of: .sample(to: "https://\(host):\(port)/"))
        #expect(failure == (isTaken ? nil : .retryable("\(host): its certificate is for another host")))
      }
    }
  }
}
