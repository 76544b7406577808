import Foundation
import TestSupport
import Testing
import Tocsin

@testable import Channels

/// Where rules may lead, and where not.
@Suite struct WebhookGuardTests {
  private let quick = TimeOuts(connect: 1, total: 2)

  private static let notFound: HTTPGuard.LookUp = { _, _ in [] }

  private func webhook(
    _ settings: [String: String] = [:], _ lookUp: @escaping HTTPGuard.LookUp = notFound
  ) throws -> Webhook {
    try Webhook(settings: settings, timeOuts: quick, lookUp: lookUp)
  }

  private static func addresses(_ texts: String...) -> [IPAddress] { texts.compactMap { IPAddress($0) } }

  /// Each with the canary's port for PORT.
  static let internalURLs = [
    // Loopback, in every spelling that some program somewhere reads.
    "http://127.0.0.1:PORT/", "http://127.0.0.1:PORT", "HTTP://127.0.0.1:PORT/", "http://127.0.0.1:PORT?a=b",
    "http://127.0.0.1:PORT#fragment", "http://127.1:PORT/", "http://127.0.1:PORT/", "http://2130706433:PORT/",
    "http://0x7f000001:PORT/", "http://0x7f.0.0.1:PORT/", "http://0X7F.1:PORT/", "http://0177.0.0.1:PORT/",
    "http://017700000001:PORT/", "http://127.0.0.01:PORT/", "http://127.0.0.1.:PORT/", "http://127.000.000.001:PORT/",
    "http://127.8.8.8:PORT/", "http://0:PORT/", "http://0.0.0.0:PORT/", "http://0x0:PORT/", "http://00000:PORT/",
    "http://localhost:PORT/", "http://LOCALHOST:PORT/", "http://localhost.:PORT/", "http://LocalHost..:PORT/",
    "http://a.localhost:PORT/", "http://127.0.0.1.0x:PORT/", "http://256.256.256.256:PORT/", "http://1.2.3.4.5:PORT/",
    "http://[::1]:PORT/", "http://[::]:PORT/", "http://[0:0:0:0:0:0:0:1]:PORT/", "http://[::ffff:127.0.0.1]:PORT/",
    "http://[::ffff:7f00:1]:PORT/", "http://[::127.0.0.1]:PORT/", "http://[64:ff9b::127.0.0.1]:PORT/",
    "http://[64:ff9b:1::127.0.0.1]:PORT/", "http://[2002:7f00:1::]:PORT/", "http://[::1%25lo]:PORT/",
    "http://[::1%lo]:PORT/", "http://[fe80::1%25eth0]:PORT/", "http://[::ffff:0:127.0.0.1]:PORT/", "http://::1:PORT/",
    "http://[2001:0:7f00:1::]:PORT/", "http://[127.0.0.1]:PORT/", "http://[::1]x:PORT/", "http://[[::1]]:PORT/",
    // Whose host is it?
    "http://example.com@127.0.0.1:PORT/", "http://example.com:80@127.0.0.1:PORT/", "http://a@b@127.0.0.1:PORT/",
    "http://127.0.0.1:PORT\\@example.com/", "http://127.0.0.1\\.example.com:PORT/", "http:\\\\127.0.0.1:PORT/",
    "http://127.0.0.1%00.example.com:PORT/", "http://%6c%6f%63%61%6c%68%6f%73%74:PORT/", "http://127%2e0%2e0%2e1:PORT/",
    "http:///127.0.0.1:PORT/", "http:127.0.0.1:PORT/", "//127.0.0.1:PORT/", "http://127.0.0.1:PORT:80/",
    "http://127.0.0.1 :PORT/", "http://\t127.0.0.1:PORT/", "\u{0}http://127.0.0.1:PORT/", "http://127.0.0.1\r\n:PORT/",
    // Letters that become others.
    "http://①②⑦.⓪.⓪.①:PORT/", "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:PORT/", "http://127。0。0。1:PORT/", "http://loc\u{AD}alhost:PORT/",
    "http://１２７.0.0.1:PORT/", "http://localho\u{17F}t:PORT/",
    // Other doors.
    "gopher://127.0.0.1:PORT/", "file:///etc/passwd", "ftp://127.0.0.1:PORT/", "unix:///run/docker.sock",
    "http+unix://%2Frun%2Fdocker.sock/", "jar:http://127.0.0.1:PORT!/", "https://127.0.0.1:PORT/",
    // Other networks than this machine.
    "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "http://172.16.0.1/", "http://172.31.255.255/",
    "http://192.168.0.1/", "http://100.64.0.1/", "http://100.100.100.200/", "http://192.0.0.192/", "http://192.0.2.1/",
    "http://198.18.0.1/", "http://198.51.100.1/", "http://203.0.113.1/", "http://224.0.0.1/", "http://240.0.0.1/",
    "http://255.255.255.255/", "http://168.63.129.16/", "http://192.88.99.1/", "http://[fc00::1]/",
    "http://[fd00:ec2::254]/", "http://[fe80::1]/", "http://[ff02::1]/", "http://[2001:db8::1]/", "http://[3fff::1]/",
    "http://[64:ff9b::10.0.0.1]/", "http://[2002:a00:1::]/", "http://[::ffff:169.254.169.254]/", "http://[5f00::1]/",
    "http://[2001:2::1]/", "http://[100::1]/",
  ]

  @Test("No spelling of an internal address gets a connection, nor is its rule taken")
  func noSpellingReachesTheCanary() async throws {
    try await Canary.with { canary in
      let webhook = try webhook([:], NameLookup.addresses)
      for text in Self.internalURLs {
        let url = text.replacing("PORT", with: "\(canary.port)")
        #expect(webhook.fault(inTarget: url) != nil, "\(text)")
        let failure = await webhook.refusal(of: .sample(to: url))
        #expect(failure?.isPermanent == true, "\(text): \(failure?.reason ?? "accepted")")
      }
      #expect(Self.internalURLs.count > 100)
      #expect(canary.connections == 0)
    }
  }

  @Test(arguments: [
    "http://8.8.8.8/", "https://1.1.1.1:8443/hook", "http://172.15.0.1/", "http://172.32.0.1/", "http://100.63.0.1/",
    "http://[2606:4700::1111]/", "http://[64:ff9b::8.8.8.8]/", "https://hooks.example.com/a?b=c", "http://a_b.example/",
    "http://xn--bcher-kva.example/", "http://1.example.com/", "http://3com.com/", "http://hooks/",
  ])
  func publicAddressesAndNamesAreTargets(url: String) throws {
    #expect(try webhook().fault(inTarget: url) == nil)
  }

  @Test func aNameWithOnlyInternalAddressesIsRefusedForGoodWithoutSayingWhatWasFound() async throws {
    try await Canary.with { canary in
      let webhook = try webhook([:]) { _, _ in Self.addresses("127.0.0.1", "10.1.2.3", "::1", "::ffff:127.0.0.1") }
      let failure = await webhook.refusal(of: .sample(to: "http://intra.example:\(canary.port)/"))
      #expect(failure?.isPermanent == true)
      #expect(failure?.reason.contains("internal_hosts") == true)
      #expect(failure?.reason.contains(/\d/) == false)
      #expect(canary.connections == 0)
    }
  }

  @Test func aNameWithoutAnAddressIsTriedAgain() async throws {
    let failure = try await webhook().refusal(of: .sample(to: "http://nowhere.example/"))
    #expect(failure == .retryable("nowhere.example: its address cannot be looked up"))
  }

  @Test("A name that changes its address after the check gets the checked one, with its name in Host")
  func rebindingFindsNothing() async throws {
    let lookUps = Collected<String>()
    try await HTTPReceiver.with { _ in
      .status(200)
    } _: { receiver in
      // The network that the test may reach; a real look-up of the name would find nothing.
      let webhook = try webhook(["internal_hosts": "127.0.0.0/30"]) { name, _ in
        lookUps.add(name)
        return lookUps.all.count == 1 ? Self.addresses("127.0.0.1") : Self.addresses("127.0.0.5")
      }
      let url = "http://Rebind.Example:\(receiver.port)/hook"
      #expect(await webhook.refusal(of: .sample(to: url)) == nil)
      #expect(receiver.requests.map { $0.headers["host"] } == ["rebind.example:\(receiver.port)"])
      #expect(lookUps.all == ["rebind.example"])
      #expect(await webhook.refusal(of: .sample(to: url))?.isPermanent == true)
      #expect(receiver.requests.count == 1)
      #expect(lookUps.all.count == 2)
    }
  }

  @Test func encryptionIsCheckedAgainstTheNameAndNotTheAddress() async throws {
    let certificates = try TestCertificates(for: "DNS:hooks.example")
    try await HTTPSServer.with(certificates) { port in
      let settings = ["internal_hosts": "127.0.0.1", "ca_file": certificates.authority]
      let webhook = try webhook(settings) { _, _ in Self.addresses("127.0.0.1") }
      let named = await webhook.refusal(of: .sample(to: "https://hooks.example:\(port)/"))
      #expect(named == nil)
      let other = await webhook.refusal(of: .sample(to: "https://other.example:\(port)/"))
      #expect(other == .retryable("other.example: its certificate is for another host"))
    }
  }

  @Test func onlyTheAllowedAddressesOfANameAreTriedEachInTurn() async throws {
    try await HTTPReceiver.with { _ in
      .status(200)
    } _: { receiver in
      let webhook = try webhook(["internal_hosts": "127.0.0.1, 127.0.0.2"]) { _, _ in
        // Nobody listens at the first; the second is not allowed.
        Self.addresses("127.0.0.2", "127.0.0.3", "127.0.0.1")
      }
      #expect(await webhook.refusal(of: .sample(to: "http://two.example:\(receiver.port)/")) == nil)
      #expect(receiver.requests.count == 1)
    }
  }

  @Test("What the operator set is trusted, by scheme, host and port")
  func theOperatorsOwnOriginIsTrusted() async throws {
    try await HTTPReceiver.with { _ in
      .status(200)
    } _: { receiver in
      for key in ["url", "default_target"] {
        let webhook = try webhook([key: receiver.url("/own")])
        for url in [receiver.url("/own"), receiver.url("/other?a=b")] {
          #expect(webhook.fault(inTarget: url) == nil)
          #expect(await webhook.refusal(of: .sample(to: url)) == nil)
        }
        for url in ["http://127.0.0.1:1/own", "https://127.0.0.1:\(receiver.port)/own", "http://127.0.0.2/"] {
          #expect(webhook.fault(inTarget: url) != nil, "\(url)")
        }
      }
    }
  }

  @Test func hostsAddressesAndNetworksOfTheListMayBeNamed() throws {
    let webhook = try webhook(["internal_hosts": "Hooks.lan , localhost,10.0.0.0/8,fd00::/8, 192.168.1.7"])
    for host in ["hooks.lan", "HOOKS.LAN", "localhost", "10.255.0.1", "[fd12::1]", "192.168.1.7"] {
      #expect(webhook.fault(inTarget: "http://\(host):8080/") == nil, "\(host)")
    }
    for host in ["a.localhost", "192.168.1.8", "[fe80::1]", "127.0.0.1", "[::ffff:10.0.0.1]"] {
      #expect(webhook.fault(inTarget: "http://\(host):8080/") != nil, "\(host)")
    }
  }

  @Test(arguments: [
    "", " ", ",", "a,,b", "10.0.0.0/33", "10.0.0.1/8", "10.0.0/8", "http://a.lan", "a b", "a.lan:80", "a.lan.", "*.lan",
    "10.0.0.0/-1", "10.0.0.0/08", "::/129", "127.1", "\u{1}bad\n", "user@a.lan", "a/b",
  ])
  func aBadListIsRefusedByItsKey(list: String) {
    let failure = #expect(throws: Failure.self) { try webhook(["internal_hosts": list]) }
    #expect(failure?.field == "internal_hosts")
  }

  @Test(arguments: [301, 302, 303, 307, 308])
  func aRedirectToAnInternalAddressIsNotFollowed(status: Int) async throws {
    try await Canary.with { canary in
      try await HTTPReceiver.with { _ in
        .status(status, headers: ["location": "http://127.0.0.1:\(canary.port)/"])
      } _: { receiver in
        let webhook = try webhook(["url": receiver.url()])
        #expect(await webhook.refusal(of: .sample(to: receiver.url()))?.isPermanent == true)
        #expect(receiver.requests.count == 1)
        #expect(canary.connections == 0)
      }
    }
  }

  @Test func eachHostIsADestinationOfItsOwn() throws {
    let webhook = try webhook()
    #expect(webhook.destination(of: "https://Hooks.example/a?b") == "https://hooks.example:443")
    #expect(webhook.destination(of: "http://8.8.8.8:81/a") == "http://8.8.8.8:81")
    #expect(webhook.destination(of: "nonsense") == "")
  }

  @Test func aNameServiceThatHangsEndsWithTheTimeOut() async throws {
    let webhook = try Webhook(settings: [:], timeOuts: TimeOuts(connect: 1, total: 1)) { _, seconds in
      #expect(seconds <= 1)
      try? await Task.sleep(for: .seconds(seconds))
      return []
    }
    let start = ContinuousClock.now
    #expect(await webhook.refusal(of: .sample(to: "http://slow.example/"))?.isRetryable == true)
    #expect(start.duration(to: .now) < .seconds(2))
  }

  @Test func theSystemsNameServiceIsAsked() async {
    #expect(await NameLookup.addresses(of: "localhost", within: 5).contains { !$0.isPublic })
    #expect(await NameLookup.addresses(of: "nowhere.invalid", within: 5).isEmpty)
  }
}
