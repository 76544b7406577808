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
    #expect("\(configuration.database)" == "/tmp/from-file.db")
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

  @Test func `A mapping reads foreign JSON as it is written`() throws {
    let file = try scratch.write(
      "tocsin.yaml",
      """
      intake:
        json:
          uptime-kuma:
            title: [/monitor/name, /msg]
            dedup_key: /monitor/id
            status: /heartbeat/status
            resolved_when: [1, UP]
            severity: /level
            severities: {0: CRITICAL, Bad: LOW}
            package: WEB
            labels: {host: /monitor/hostname, env: prod}
            expires_in: 1h
      """)
    let mappings = try Configuration.load(file: file, database: nil, environment: [:]).settings.jsonMappings
    let mapping = try #require(mappings["uptime-kuma"])
    let body = """
      {"monitor": {"name": "Intranet", "id": 7, "hostname": "h1"}, "heartbeat": {"status": 0}, "level": "bad", "msg": "m"}
      """
    let now = Date(timeIntervalSince1970: 0)
    let alert = try #require(try mapping.alerts(in: Data(body.utf8), name: "uptime-kuma", now: now).first)
    #expect(alert.title == "Intranet" && alert.dedupKey == "7" && alert.status == .firing && alert.severity == .low)
    #expect(alert.package == "WEB" && alert.labels == ["host": "h1", "env": "prod"])
    #expect(alert.expiresAt == Date(timeIntervalSince1970: 3600))
    let over = body.replacing("\"status\": 0", with: "\"status\": \"up\"")
    #expect(try mapping.alerts(in: Data(over.utf8), name: "uptime-kuma", now: now).first?.status == .resolved)
  }

  @Test(arguments: [
    ("a: [", "is not YAML"), ("- just\n- a list", "key: value"), ("listen: &x 1\npublic_url: *x", "listen"),
    ("database: mariadb://u:sesame@h", "names no database"),
    ("tls:\n  certificate: /nowhere.pem", "tls.key is missing"),
  ])
  func `A broken file is explained without its secrets`(_ yaml: String, _ expected: String) throws {
    let file = try scratch.write("broken.yaml", yaml)
    let failure = try #require(throws: Failure.self) {
      try Configuration.load(file: file, database: nil, environment: [:])
    }
    #expect(failure.message.contains(expected), "\(failure.message)")
    #expect(!failure.message.contains("sesame"))
  }

  @Test(arguments: [
    ("intake: {json: [x]}", ":1: intake.json: takes a mapping"),
    ("intake: {json: {Bad: {title: /t}}}", ":1: intake.json.Bad: is no name"),
    ("intake: {json: {status: {title: /t}}}", ":1: intake.json.status: is no name"),
    ("intake: {json: {a: /t}}", ":1: intake.json.a: must be a list of `key: value` lines"),
    ("intake:\n  json:\n    a: {severity: LOW}", ":3: intake.json.a: title is missing"),
    (
      "intake: {json: {a: {titel: /t, title: /t}}}",
      ":1: intake.json.a.titel: unknown key (did you mean title?). Allowed: "
    ),
    ("intake: {json: {a: {title: /t~2}}}", ":1: intake.json.a.title: \"/t~2\" is no JSON pointer"),
    ("intake: {json: {a: {title: []}}}", ":1: intake.json.a.title: takes a text"),
    ("intake: {json: {a: {title: {b: c}}}}", ":1: intake.json.a.title: takes a text"),
    ("intake: {json: {a: {title: /t, items: list}}}", ":1: intake.json.a.items: takes a JSON pointer"),
    ("intake: {json: {a: {title: /t, labels: /~}}}", ":1: intake.json.a.labels: \"/~\" is no JSON pointer"),
    ("intake: {json: {a: {title: /t, labels: [a]}}}", ":1: intake.json.a.labels: takes `name: value` lines"),
    ("intake: {json: {a: {title: /t, expires_in: soon}}}", ":1: intake.json.a.expires_in: takes a span of time"),
    (
      "intake: {json: {a: {title: /t, severities: {5: BAD}, severity: /s}}}",
      ":1: intake.json.a.severities: severity \"BAD\""
    ),
    (
      "intake: {json: {a: {title: /t, severities: {5: LOW}}}}",
      ":1: intake.json.a.severities: has no effect without severity"
    ),
    (
      "intake: {json: {a: {title: /t, resolved_when: ok}}}",
      ":1: intake.json.a.resolved_when: has no effect without status"
    ),
    ("intake: {jsn: {a: {title: /t}}}", ":1: intake.jsn.a.title: unknown key"),
    ("rules: x", ":1: rules: takes a list"), ("rules: {match: x}", ":1: rules: takes a list"),
    ("rules: [x]", ":1: rules[0]: must be a list of `key: value` lines"),
    ("rules:\n  - package: '  '", ":2: rules[0].package: takes a text of 1 to 100 characters"),
    ("rules:\n  - package: \(String(repeating: "é", count: 101))", ":2: rules[0].package: takes a text"),
    ("rules:\n  - package: [a]", ":2: rules[0].package: takes a text"),
    ("rules:\n  - group_by: [[a]]", ":2: rules[0].group_by: takes a list of texts"),
    ("reports: {recipients: [a@b.org, {x: y}]}", ":1: reports.recipients: takes a list of texts"),
    ("reports: {recipients: [a@b.org, not-an-address]}", ":1: reports.recipients: \"not-an-address\" must be one"),
    ("reports: {recipients: [x y@b.org]}", ":1: reports.recipients: \"x y@b.org\" has a name before the @"),
    ("channels: {email: {url: 'smtp://h:99999', from: a@b.org}}", ":1: channels.email.url: url has a port that does"),
    ("channels: {email: {url: 'smtp://h:0', from: a@b.org}}", ":1: channels.email.url: url has a port that does"),
    ("trusted_proxies: [10.0.0.0/8, proxy.example.com]", ":1: trusted_proxies: \"proxy.example.com\" is no IP address"),
    ("trusted_proxies: 10.0.0.0/33", ":1: trusted_proxies: \"10.0.0.0/33\" is no IP address"),
    ("public_url: https://h/?x=1", ":1: public_url: takes no user"),
    ("public_url: https://u:sesame@h", ":1: public_url: takes no user"),
    ("public_url: https://u:sesame@h:99999", ":1: public_url: this is no address"),
    ("public_url: https://h x", ":1: public_url: \"https://h x\" is no address"),
    ("database: ':memory:'", ":1: database: must be a file"), ("database: 'sqlite:'", ":1: database: must be a file"),
  ])
  func `A value that cannot work is refused at its place`(_ yaml: String, _ expected: String) throws {
    let file = try scratch.write("bad.yaml", yaml)
    let failure = try #require(throws: Failure.self) {
      try Configuration.load(file: file, database: nil, environment: [:])
    }
    #expect(failure.message.contains("has a fault:\n  " + file + expected), "\(failure.message)")
    #expect(!failure.message.contains("sesame"))
  }

  @Test(arguments: [
    ("password: \"canary-1\"canary-2", ":1:21: is not YAML: "),
    ("channels:\n  email:\n    password: canary-1\n    password: canary-2", ":3:5: is not YAML: a key stands twice"),
    ("password: *canary", ":1:11: is not YAML: found undefined alias"),
    ("a: canary\n---\nb: canary", ":2:1: is not YAML: expected a single document in the stream but found another"),
    ("a: canary\nb: \u{1}canary", ":2: is not YAML: control characters are not allowed"),
    ("a: canary\n  b: canary", "is not YAML"), ("canary: |\n\tcanary", "is not YAML"), ("a: [canary", "is not YAML"),
  ])
  func `What is no YAML is named by place and problem, never by its text`(_ yaml: String, _ expected: String) throws {
    let file = try scratch.write("broken.yaml", yaml)
    let failure = try #require(throws: Failure.self) {
      try Configuration.load(file: file, database: nil, environment: [:])
    }
    #expect(failure.message.contains(expected), "\(failure.message)")
    #expect(!failure.message.contains("canary"), "\(failure.message)")
  }

  @Test func `Only names and addresses of this machine itself are loopback`() throws {
    for address in ["localhost:1", "LOCALHOST:1", "127.0.0.1:1", "127.8.9.10:1", "[::1]:1", "[0:0:0:0:0:0:0:1]:1"] {
      #expect(try #require(ListenAddress(address)).isLoopback, "\(address)")
    }
    for address in ["127.example.com:1", "127.0.0.1.example.com:1", "localhost.example.com:1", "0.0.0.0:1", "[::]:1"] {
      #expect(try !#require(ListenAddress(address)).isLoopback, "\(address)")
    }
  }

  @Test func `A user whom the system knows by number only acts under that`() {
    #expect(SystemUser.name(known: "", id: 4711) == "uid-4711")
    #expect(SystemUser.name(known: "dba1", id: 4711) == "dba1")
  }

  @Test func `A missing file is a fault, an empty one is not`() throws {
    #expect(throws: Failure.self) {
      try Configuration.load(file: scratch.file("none.yaml"), database: nil, environment: [:])
    }
    let empty = try scratch.write("empty.yaml", "# nothing yet\n")
    #expect(try Configuration.load(file: empty, database: "x.db", environment: [:]).database.description == "x.db")
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

  @Test func `Grafana's signature needs its secret, which may stand in a file, and names of headers`() throws {
    let secret = try scratch.write("grafana", "s3cret\n")
    let good = try Configuration.load(
      file: nil, database: nil,
      environment: [
        "TOCSIN_INTAKE_GRAFANA_SECRET_FILE": secret, "TOCSIN_INTAKE_GRAFANA_TIMESTAMP_HEADER": "X-Time",
      ])
    #expect(good.settings.grafanaSignature?.header == "X-Grafana-Alerting-Signature")
    #expect(good.settings.grafanaSignature?.timestampHeader == "X-Time")
    let failure = #expect(throws: Failure.self) {
      try Configuration.load(
        file: nil, database: nil, environment: ["TOCSIN_INTAKE_GRAFANA_SIGNATURE_HEADER": "not a header"])
    }
    #expect(failure?.message.contains("TOCSIN_INTAKE_GRAFANA_SIGNATURE_HEADER: \"not a header\"") == true)
    #expect(failure?.message.contains("intake.grafana.secret: is missing") == true)
  }

  @Test func `A database on MariaDB has its key file apart, and its password is not shown`() throws {
    let file = try scratch.write("database", "mariadb://ada:sesame@db1,db2:3307/tocsin\n")
    let environment = ["TOCSIN_DATABASE_FILE": file, "XDG_DATA_HOME": "/data"]
    let configuration = try Configuration.load(file: nil, database: nil, environment: environment)
    #expect(configuration.database.description == "mariadb://ada@db1:3306,db2:3307/tocsin")
    #expect(configuration.settings.keyFile == "/data/tocsin/tocsin.key")
    let named = try Configuration.load(
      file: nil, database: nil, environment: environment.merging(["TOCSIN_KEY_FILE": "/etc/tocsin.key"]) { $1 })
    #expect(named.settings.keyFile == "/etc/tocsin.key")
    #expect(try Configuration.load(file: nil, database: "x.db", environment: [:]).settings.keyFile == nil)
  }

  @Test func `The example in the docs is a sound configuration`() throws {
    let example = try #require(
      try Repository.text("docs/configuration.md").firstMatch(of: /```yaml\n(database:(?s:.*?))```/))
    let file = try scratch.write("example.yaml", String(example.1))
    // The secrets whose files the example asks for.
    let environment = [
      "TOCSIN_CHANNELS_PAGERDUTY_ROUTING_KEY": "0123456789abcdef0123456789ABCDEF",
      "TOCSIN_CHANNELS_SLACK_BOT_TOKEN": "xoxb-0123456789", "TOCSIN_CHANNELS_SMS_AUTH_TOKEN": "x",
      "TOCSIN_CHANNELS_EMAIL_PASSWORD": "x",
    ]
    let configuration = try Configuration.load(file: file, database: nil, environment: environment)
    #expect(configuration.channels.count == 6)
    #expect(configuration.settings.alertRules.count > 1)
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
