import Foundation
import TestSupport
import Testing
import Tocsin

@testable import Command

@Suite struct ConfigurationTests {
  private let scratch = Scratch()

  @Test func `File and environment are read together, and the environment wins`() throws {
    let file = try scratch.write(
      "tocsin.yaml",
      """
      database: sqlite:/tmp/from-file.db
      listen: 127.0.0.1:9000
      public_url: https://tocsin.example.com/
      reports:
        recipients: [team@example.com, boss@example.com]
      channels:
        email:
          url: smtp://127.0.0.1:2525
          from: Tocsin <tocsin@example.com>
      """)
    let secret = try scratch.write("password", "s3cret\n")
    let configuration = try Configuration.load(
      file: file, database: nil,
      environment: [
        "TOCSIN_LISTEN": "127.0.0.1:9001", "TOCSIN_CHANNELS_EMAIL_USERNAME": "tocsin",
        "TOCSIN_CHANNELS_EMAIL_PASSWORD_FILE": secret, "TOCSIN_SERVER": "", "UNRELATED": "x",
      ])
    #expect(configuration.database == "/tmp/from-file.db")
    #expect(configuration.listen.port == 9001)
    #expect(configuration.settings.publicURL == "https://tocsin.example.com")
    #expect(configuration.settings.reportRecipients == ["team@example.com", "boss@example.com"])
    #expect(configuration.channels.map { type(of: $0).about.name } == ["EMAIL"])
  }

  @Test func `All faults are reported together, each with its file, line, key and what is allowed`() throws {
    let file = try scratch.write(
      "tocsin.yaml",
      """
      listn: 127.0.0.1:9000
      public_url: tocsin.example.com
      channels:
        email:
          from: tocsin@example.com
          pasword: hunter2hunter2
        pigeon:
          url: x
      rules:
        - match: ["severity=critical"]
          severity: URGENT
        - mach: []
        - match: ["no matcher"]
        - match: ["job=~("]
      """)
    let failure = try #require(throws: Failure.self) {
      try Configuration.load(
        file: file, database: nil, environment: ["TOCSIN_LISTEN": "nowhere", "TOCSIN_CHANELS_EMAIL_URL": "x"])
    }
    #expect(failure.code == .invalid)
    let expected = [
      ":1: listn: unknown key (did you mean listen?)", ":2: public_url: ", "channels.email.url: is missing",
      ":6: channels.email.pasword: unknown key (did you mean channels.email.password?)",
      ":8: channels.pigeon.url: unknown key",
      ":11: rules[0].severity: severity \"URGENT\" is not known",
      ":12: rules[1].mach: unknown key (did you mean match?)",
      ":13: rules[2].match: ", ":14: rules[3].match: ", "TOCSIN_LISTEN: \"nowhere\"",
      "TOCSIN_CHANELS_EMAIL_URL: unknown variable (did you mean TOCSIN_CHANNELS_EMAIL_URL?)",
    ]
    for part in expected { #expect(failure.message.contains(part), "\(part)\nin\n\(failure.message)") }
    #expect(failure.message.contains("\(expected.count) faults"))
    #expect(!failure.message.contains("hunter2"))
  }

  @Test(arguments: [
    ("a: [", "is not YAML"), ("- just\n- a list", "key: value"), ("listen: &x 1\npublic_url: *x", "listen"),
    ("database: mariadb://u:sesame@h/n", "only SQLite"), ("tls:\n  certificate: /nowhere.pem", "tls.key is missing"),
  ])
  func `A broken file is explained without its secrets`(_ yaml: String, _ expected: String) throws {
    let file = try scratch.write("broken.yaml", yaml)
    let failure = try #require(throws: Failure.self) {
      try Configuration.load(file: file, database: nil, environment: [:])
    }
    #expect(failure.message.contains(expected), "\(failure.message)")
    #expect(!failure.message.contains("sesame"))
  }

  @Test func `A missing file is a fault, an empty one is not`() throws {
    #expect(throws: Failure.self) {
      try Configuration.load(file: scratch.file("none.yaml"), database: nil, environment: [:])
    }
    let empty = try scratch.write("empty.yaml", "# nothing yet\n")
    #expect(try Configuration.load(file: empty, database: "x.db", environment: [:]).database == "x.db")
  }

  @Test func `Rules are read in the order of the file`() throws {
    let file = try scratch.write(
      "rules.yaml",
      """
      rules:
        - name: databases
          match: ['team="dba"', 'alertname=~"Pg.*"']
          severity: critical
          package: DATABASE
          notify: INCIDENT_DBA
          group_by: [cluster]
          close_when_resolved: true
        - match: env!=production
          open: false
      """)
    let rules = try Configuration.load(file: file, database: nil, environment: [:]).settings.alertRules
    #expect(rules.count == 2)
    #expect(rules[0].severity == .critical)
    #expect(rules[0].groupBy == ["cluster"])
    #expect(rules[0].closesWhenResolved)
    #expect(rules[1].opens == false)
    #expect(rules[1].matchers[0].matches(["env": "test"]))
    #expect(!rules[1].matchers[0].matches(["env": "production"]))
  }

  @Test func `Every key can be set by a variable of the same name, and docs name every key`() throws {
    let docs = try Repository.text("docs/configuration.md") + Repository.text("docs/channels.md")
    for key in SettingsKeys.all {
      #expect(key.variable == "TOCSIN_" + key.name.replacing(".", with: "_").uppercased())
      let name = key.name.components(separatedBy: ".").last ?? ""
      #expect(docs.contains(key.name) || docs.contains("`\(name)`"), "\(key.name) is not in the docs")
    }
  }
}
