import Foundation
import Server
import TestSupport
import Testing
import Tocsin

@testable import Command

@Suite struct OIDCConfigurationTests {
  private let scratch = Scratch()

  private static let good = [
    "TOCSIN_PUBLIC_URL": "https://tocsin.example.com", "TOCSIN_OIDC_ISSUER": "https://login.example.com/realms/ops",
    "TOCSIN_OIDC_CLIENT_ID": "tocsin", "TOCSIN_OIDC_CLIENT_SECRET": "canary-7f", "TOCSIN_OIDC_ADMIN_GROUP": "admins",
  ]

  private func load(_ more: [String: String]) throws -> Configuration {
    try Configuration.load(file: nil, database: "x.db", environment: Self.good.merging(more) { $1 })
  }

  @Test func `A provider is set up by four keys and the public address`() throws {
    let configuration = try load([:])
    #expect(configuration.oidc?.name == "login.example.com")
    #expect(try load(["TOCSIN_OIDC_NAME": "Keycloak"]).oidc?.name == "Keycloak")
    #expect(try Configuration.load(file: nil, database: "x.db", environment: [:]).oidc == nil)
    var dumped = ""
    dump(configuration, to: &dumped)
    #expect(!"\(configuration)\(dumped)".contains("canary-7f"))
  }

  @Test(arguments: [
    ("ISSUER", "", "oidc.issuer: is missing"), ("CLIENT_ID", "", "oidc.client_id: is missing"),
    ("CLIENT_SECRET", "", "oidc.client_secret: is missing"), ("ADMIN_GROUP", "", "nobody could sign in"),
    ("ADMIN_GROUP", " , ,", "nobody could sign in"),
    ("ISSUER", "login.example.com", "is no address"), ("ISSUER", "ftp://login.example.com", "is no address"),
    ("ISSUER", "http://login.example.com", "must begin with https://"),
    ("ISSUER", "http://127.0.0.1.example.com", "must begin with https://"),
    ("ISSUER", "https://u:sesame@h", "takes no user"), ("ISSUER", "https://h/?x", "takes no user"),
    ("ISSUER", "https://h/#x", "takes no user"), ("ISSUER", "https://h x", "is no address"),
    ("VIEWER_GROUP", "users, admins", "VIEWER_GROUP: \"admins\" gives another role as well"),
    ("CA_FILE", "/nowhere.pem", "names a file that cannot be read"),
  ])
  func `What cannot work is refused by its key`(_ key: String, _ value: String, _ expected: String) throws {
    let failure = try #require(throws: Failure.self) { try load(["TOCSIN_OIDC_\(key)": value]) }
    #expect(failure.message.contains(expected), "\(failure.message)")
    #expect(failure.message.contains("OIDC_\(key)") || failure.message.contains("oidc."))
    #expect(!failure.message.contains("sesame") && !failure.message.contains("canary"))
  }

  @Test(arguments: [("", "public_url is missing"), ("http://tocsin.example.com", "must begin with https://")])
  func `People need an encrypted address to come back to`(_ url: String, _ expected: String) throws {
    let failure = try #require(throws: Failure.self) { try load(["TOCSIN_PUBLIC_URL": url]) }
    #expect(failure.message.contains(expected), "\(failure.message)")
  }

  @Test func `All faults of the provider are reported together, at their lines`() throws {
    let file = try scratch.write(
      "tocsin.yaml",
      """
      oidc:
        issuer: http://login.example.com
        client_id: tocsin
        admin_group: [admins, both]
        viewer_group: [both]
        grups: x
      """)
    let failure = try #require(throws: Failure.self) {
      try Configuration.load(file: file, database: "x.db", environment: [:])
    }
    for part in [
      ":2: oidc.issuer: must begin with https://", "oidc.client_secret: is missing",
      ":5: oidc.viewer_group: \"both\" gives another role", ":2: oidc.issuer: public_url is missing",
      ":6: oidc.grups: unknown key",
    ] { #expect(failure.message.contains(part), "\(part)\nin\n\(failure.message)") }
  }
}
