import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import TestSupport

/// Several real servers on one database.
struct Servers {
  /// One of them.
  struct One {
    let program: RunningProgram
    let url: String
    var port: Int { Int(url.split(separator: ":").last ?? "") ?? 0 }
  }

  /// For commands on the database, beside them.
  let tocsin: Program
  private(set) var all: [One] = []
  /// An administrator's token.
  private(set) var token = ""

  /// Starts `count` servers on a fresh database of `engine`.
  init(_ count: Int, on engine: TestDatabase, _ environment: [String: String] = [:]) async throws {
    var environment = environment
    if engine == .mariadb { environment["TOCSIN_DATABASE"] = try await MariaDBServer.shared().makeDatabase() }
    try await self.init(count, environment)
  }

  init(_ count: Int, _ environment: [String: String]) async throws {
    tocsin = Program(environment)
    token = try await tocsin.run("create-token", "--name", "t", "--role", "admin", "-q").line
    for _ in 0..<count { all.append(try await start()) }
  }

  subscript(_ number: Int) -> One { all[number % all.count] }

  func start() async throws -> One {
    let program = try tocsin.start("serve", "--listen", "127.0.0.1:0")
    return One(program: program, url: try await program.waitFor(/address +(http\S+)/))
  }

  /// Ends one as by a crash, and starts another in its place.
  mutating func replace(_ number: Int) async throws {
    all[number].program.signal(SIGKILL)
    _ = try await all[number].program.end()
    all[number] = try await start()
  }

  /// Takes one away in good order.
  func stop() async throws -> [Ended] {
    for one in all { one.program.signal(SIGTERM) }
    var ends: [Ended] = []
    for one in all { ends.append(try await one.program.end()) }
    return ends
  }

  func sender(_ number: Int) -> AlertSender {
    var sender = AlertSender(server: self[number].url)
    sender.token = token
    return sender
  }

  /// What was lost on the way is not sent again by itself.
  private static let client: HTTPClient = {
    var configuration = HTTPClient.Configuration()
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
    return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }()

  /// What a request was answered.
  struct Answer: Sendable {
    let status: Int
    let headers: HTTPHeaders
    let text: String

    var object: [String: Any] { (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any] ?? [:] }
  }

  /// One request to one of them, by the administrator unless a token says otherwise; an empty one is none.
  func send(
    _ number: Int, _ method: String, _ path: String, _ body: String? = nil, token: String? = nil,
    _ headers: [String: String] = [:]
  ) async throws -> Answer {
    try await Self.send(self[number].url, method, path, body, token: token ?? self.token, headers)
  }

  static func send(
    _ url: String, _ method: String, _ path: String, _ body: String? = nil, token: String?,
    _ headers: [String: String] = [:]
  ) async throws -> Answer {
    var request = HTTPClientRequest(url: url + path)
    request.method = HTTPMethod(rawValue: method)
    if let body {
      request.body = .bytes(ByteBuffer(string: body))
      request.headers.add(name: "content-type", value: "application/json")
    }
    if let token, !token.isEmpty { request.headers.add(name: "authorization", value: "Bearer \(token)") }
    for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
    let response = try await client.execute(request, timeout: .seconds(60))
    let bytes = try await response.body.collect(upTo: 8 << 20)
    return Answer(status: Int(response.status.code), headers: response.headers, text: String(buffer: bytes))
  }
}
