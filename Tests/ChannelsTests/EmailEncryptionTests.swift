import Foundation
import TestSupport
import Testing
import Tocsin

@testable import Channels

@Suite struct EmailEncryptionTests {
  private func with(
    _ tls: SMTPServer.Encryption, login: Bool = false,
    _ body: (SMTPServer, TestCertificates) async throws -> Void
  ) async throws {
    let certificates = try TestCertificates()
    var options = SMTPServer.Options()
    options.tls = tls
    options.certificates = certificates
    if login { (options.username, options.password) = ("tocsin", "correct horse battery") }
    try await SMTPServer.with(options) { try await body($0, certificates) }
  }

  private let message = OutboundMessage.sample(to: "dba@example.com")

  @Test(arguments: [("smtp", SMTPServer.Encryption.starttls), ("smtps", .implicit)])
  func aServerOfTheTrustedCAGetsAnEncryptedMail(scheme: String, tls: SMTPServer.Encryption) async throws {
    try await with(tls) { server, certificates in
      let email = try Email(settings: server.settings(["ca_file": certificates.authority], scheme: scheme))
      #expect(await email.probe() == nil)
      #expect(try server.mails.isEmpty)
      _ = try await email.send(message)
      #expect(try server.mails.map(\.encrypted) == [true])
    }
  }

  @Test(arguments: [("smtp", SMTPServer.Encryption.starttls), ("smtps", .implicit)])
  func aServerOfAnotherCAGetsNothing(scheme: String, tls: SMTPServer.Encryption) async throws {
    let other = try TestCertificates()
    try await with(tls) { server, _ in
      for settings in [[:], ["ca_file": other.authority]] {
        let email = try Email(settings: server.settings(settings, scheme: scheme))
        let failure = try #require(await email.refusal(of: message))
        #expect(failure.isRetryable && failure.reason.contains("certificate"))
        #expect(await email.probe() == failure.reason)
      }
      #expect(try server.mails.isEmpty)
    }
  }

  @Test func aServerWithoutSTARTTLSGetsNothingWhenItIsRequired() async throws {
    try await SMTPServer.with { server in
      for settings in [["starttls": "required"], ["username": "tocsin", "password": "correct horse battery"]] {
        let failure = try #require(await Email(settings: server.settings(settings)).refusal(of: message))
        #expect(failure.isRetryable)
      }
      #expect(try server.mails.isEmpty)
    }
  }

  @Test func opportunisticAndOffSendToAServerWithoutSTARTTLS() async throws {
    try await SMTPServer.with { server in
      for word in ["opportunistic", "off"] {
        _ = try await Email(settings: server.settings(["starttls": word])).send(message)
      }
      #expect(try server.mails.map(\.encrypted) == [false, false])
    }
  }

  @Test func onlyTheRightPasswordLogsIn() async throws {
    try await with(.starttls, login: true) { server, certificates in
      let settings = server.settings(["ca_file": certificates.authority, "username": "tocsin"])
      let right = try Email(settings: settings.merging(["password": "correct horse battery"]) { $1 })
      #expect(await right.probe() == nil)
      _ = try await right.send(message)
      #expect(try server.mails.map(\.user) == ["tocsin"])
      let wrong = try Email(settings: settings.merging(["password": "staple of nothing"]) { $1 })
      let failure = try #require(await wrong.refusal(of: message))
      #expect(failure.isPermanent && failure.reason.contains("535"))
      #expect(!failure.reason.contains("staple"))
      #expect(await wrong.probe() == failure.reason)
      #expect(try server.mails.count == 1)
    }
  }
}
