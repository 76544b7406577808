import Foundation
import TestSupport
import Testing
import Tocsin

@testable import Channels

/// One by one: mails that hang take all of the threads that mails have, and others here have a second only.
@Suite(.serialized) struct EmailFailureTests {
  private let message = OutboundMessage.sample(to: "dba@example.com")
  private let quick = TimeOuts(connect: 1, total: 1)

  @Test(arguments: ["450 later", "550 no such user"])
  func aRefusedRecipientIsForGoodOnlyWith5xx(reply: String) async throws {
    var options = SMTPServer.Options()
    options.replyToRcpt = reply
    try await SMTPServer.with(options) { server in
      let failure = try #require(await Email(settings: server.settings()).refusal(of: message))
      #expect(failure.isPermanent == reply.hasPrefix("5"))
      #expect(failure.reason.contains("refused the recipient (\(reply.prefix(3)))"))
      #expect(try server.mails.isEmpty)
    }
  }

  @Test(arguments: ["451 busy", "452 full", "552 too big", "554 spam"])
  func aMailRefusedAfterDataIsForGoodOnlyWith5xx(reply: String) async throws {
    var options = SMTPServer.Options()
    options.replyAfterData = reply
    try await SMTPServer.with(options) { server in
      let failure = try #require(await Email(settings: server.settings()).refusal(of: message))
      #expect(failure.isPermanent == reply.hasPrefix("5"))
      #expect(failure.reason.contains("refused the mail (\(reply.prefix(3)))"))
    }
  }

  @Test func aServerThatRepeatsThePasswordIsNotQuoted() async throws {
    var options = SMTPServer.Options()
    (options.username, options.password) = ("tocsin", "correct horse battery")
    options.replyAfterData = "554 your password is correct horse battery"
    try await SMTPServer.with(options) { server in
      let settings = server.settings(
        ["username": "tocsin", "password": "correct horse battery", "starttls": "off"])
      let failure = try #require(await Email(settings: settings).refusal(of: message))
      #expect(failure.reason == "smtp://127.0.0.1:\(server.port) refused the mail (554)")
    }
  }

  @Test func aServerThatRefusesTheConnectionIsTriedAgain() async throws {
    // The port was free a moment ago, and nobody listens there.
    let port = try await HTTPReceiver.with({ _ in nil }, { $0.port })
    let email = try Email(settings: ["url": "smtp://127.0.0.1:\(port)", "from": "a@example.com"])
    #expect(try #require(await email.refusal(of: message)).isRetryable)
    #expect(await email.probe()?.contains("127.0.0.1") == true)
  }

  @Test func aServerThatSaysNothingIsLeftAfterTheTimeOut() async throws {
    try await HTTPReceiver.with { _ in
      nil
    } _: { silent in
      let settings = ["url": "smtp://127.0.0.1:\(silent.port)", "from": "a@example.com"]
      let email = try Email(settings: settings, timeOuts: quick)
      let start = ContinuousClock.now
      let failure = try #require(await email.refusal(of: message))
      #expect(failure.isRetryable)
      #expect(ContinuousClock.now - start < .seconds(8))
    }
  }

  @Test func aMailIsAcceptedEvenWhenTheFarewellHangs() async throws {
    var options = SMTPServer.Options()
    options.slowQuit = 60
    try await SMTPServer.with(options) { server in
      let start = ContinuousClock.now
      _ = try await Email(settings: server.settings(), timeOuts: quick).send(message)
      #expect(try server.mails.count == 1)
      #expect(ContinuousClock.now - start < .seconds(10))
    }
  }

  @Test(arguments: [("smtp", SMTPServer.Encryption.none), ("smtps", .implicit)])
  func aConnectionThatBreaksInTheMiddleIsTriedAgain(scheme: String, tls: SMTPServer.Encryption) async throws {
    var options = SMTPServer.Options()
    options.tls = tls
    options.certificates = try TestCertificates()
    options.hangUpAfter = 1 << 20
    try await SMTPServer.with(options) { server in
      let settings = server.settings(["ca_file": options.certificates?.authority ?? ""], scheme: scheme)
      // Large enough that the client is still writing: a write to a broken connection must not end the process.
      let report = String(repeating: "x", count: 16 << 20)
      let message = OutboundMessage.sample(to: "dba@example.com", .report, html: report)
      let failure = try await Email(settings: settings).refusal(of: message)
      #expect(failure?.isRetryable == true)
      #expect(try server.mails.isEmpty)
    }
  }

  @Test func mailsThatHangHoldUpNothingElse() async throws {
    try await HTTPReceiver.with { _ in
      nil
    } _: { silent in
      let settings = ["url": "smtp://127.0.0.1:\(silent.port)", "from": "a@example.com"]
      let email = try Email(settings: settings, timeOuts: TimeOuts(connect: 5, total: 5))
      let mails = (0..<20).map { _ in
        Task {
          #expect(await email.refusal(of: message)?.isRetryable == true)
          return ContinuousClock.now
        }
      }
      try await Task.sleep(for: .milliseconds(200))
      for _ in 0..<100 { await Task.detached {}.value }
      let otherWorkDone = ContinuousClock.now
      for mail in mails { #expect(await mail.value > otherWorkDone) }
    }
  }

  @Test func manyMailsToASlowServerAreAllTaken() async throws {
    var options = SMTPServer.Options()
    options.slowData = 1.5
    try await SMTPServer.with(options) { server in
      let email = try Email(settings: server.settings(), timeOuts: TimeOuts(connect: 2.5, total: 2.5))
      // The last eight wait for a thread, and have their whole time after that.
      let failures = await failures(of: 24, by: email)
      #expect(failures.allSatisfy { $0 == nil }, "\(failures)")
      #expect(try server.mails.count == 24)
    }
  }

  @Test func howeverManyMailsHangEachHasAnEnd() async throws {
    try await HTTPReceiver.with { _ in
      nil
    } _: { silent in
      let settings = ["url": "smtp://127.0.0.1:\(silent.port)", "from": "a@example.com"]
      let email = try Email(settings: settings, timeOuts: TimeOuts(connect: 2, total: 2))
      let start = ContinuousClock.now
      let failures = await failures(of: 64, by: email)
      #expect(ContinuousClock.now - start < .seconds(5.5))
      #expect(failures.allSatisfy { $0?.isRetryable == true })
    }
  }

  private func failures(of count: Int, by email: Email) async -> [SendFailure?] {
    await withTaskGroup { group in
      for _ in 0..<count { group.addTask { await email.refusal(of: message) } }
      return await group.reduce(into: []) { $0.append($1) }
    }
  }

  @Test func aMachineWithoutLibcurlIsToldWhatToInstall() async throws {
    let settings = ["url": "smtp://127.0.0.1:25", "from": "a@example.com"]
    let email = try Email(settings: settings, timeOuts: quick, library: "libcurl-of-nowhere.so.4")
    let failure = try #require(await email.refusal(of: message))
    #expect(failure.isRetryable && failure.reason.contains("libcurl4"))
  }
}
