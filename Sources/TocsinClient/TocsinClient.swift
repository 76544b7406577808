import API
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import Synchronization
import Tocsin

/// A Tocsin server, with the calls of ``Incidents``.
///
/// ```swift
/// let tocsin = try TocsinClient(server: "https://tocsin.example.com", token: token)
/// let incident = try await tocsin.create(title: "Database down", severity: .critical, package: "DATABASE")
/// ```
///
/// A call that got no answer is repeated up to twice; every POST carries an Idempotency-Key, so nothing happens twice.
public struct TocsinClient: Desk {
  /// Seconds for one answer: a little more than the server waits for the outcome of a notification.
  static let patience: Int64 = 60
  /// Bytes; a larger answer is refused.
  static let largestAnswer = 64 << 20

  let server: String
  private let token: String?
  private let http: HTTPClient

  /// - Parameters:
  ///   - server: `http(s)://host[:port][/path]`.
  ///   - token: what `tocsin create-token` printed; nil for none.
  ///   - certificates: a PEM file of certificate authorities to trust instead of the system's.
  /// - Throws: ``Failure`` with code `invalid` for an address that is none, a token with characters that no token has, or a
  ///   file that cannot be read.
  public init(server: String, token: String?, certificates: String? = nil) throws {
    guard let url = URLComponents(string: server), ["http", "https"].contains(url.scheme), url.host?.isEmpty == false,
      url.port.map((1...65_535).contains) ?? true,
      url.user == nil, url.password == nil, url.query == nil, url.fragment == nil
    else {
      throw Failure(
        .invalid,
        "\"\(printable(server))\" is no address of a server; write http(s)://host[:port], with a port up to 65535",
        field: "server")
    }
    if let token, token.isEmpty || !token.utf8.allSatisfy({ (33...126).contains($0) }) {
      throw Failure(.invalid, "the token is not one that `tocsin create-token` printed", field: "token")
    }
    self.server = server.hasSuffix("/") ? String(server.dropLast()) : server
    self.token = token
    http = try Self.client(trusting: certificates)
  }

  /// Connections, shared by all clients of this process that trust the same file; they live as long as the process.
  private static let connections = Mutex<[String: HTTPClient]>([:])

  private static func client(trusting path: String?) throws -> HTTPClient {
    try connections.withLock { connections in
      if let known = connections[path ?? ""] { return known }
      var tls = TLSConfiguration.makeClientConfiguration()
      if let path { tls.trustRoots = .certificates(try certificates(in: path)) }
      // The token must not go where a redirect leads.
      var configuration = HTTPClient.Configuration(tlsConfiguration: tls, redirectConfiguration: .disallow)
      // Whoever waits at a terminal wants to know; trying again is done here, and soon over.
      configuration.connectionPool.retryConnectionEstablishment = false
      let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
      connections[path ?? ""] = client
      return client
    }
  }

  private static func certificates(in path: String) throws -> [NIOSSLCertificate] {
    do {
      return try NIOSSLCertificate.fromPEMFile(path)
    } catch {
      throw Failure(.invalid, "\(printable(path)) is no PEM file of certificates", field: "certificates")
    }
  }

  public func perform<C: Call>(_ call: C) async throws -> C.Answer {
    let request = try request(for: call)
    var tries = 0
    while true {
      tries += 1
      do {
        return try await send(request, C.self)
      } catch let unanswered as Unanswered {
        guard tries < 3, isRepeatable(C.route.method) else { throw unanswered.failure }
        try await Task.sleep(for: .milliseconds(250 * tries))
      }
    }
  }

  /// Whether doing it again after a lost answer says the same. What was deleted before is not there the second time.
  private func isRepeatable(_ method: Route.Method) -> Bool { method != .patch && method != .delete }

  private func request<C: Call>(for call: C) throws -> HTTPClientRequest {
    let wire = try WireCall(call)
    var request = HTTPClientRequest(url: server + wire.target)
    request.method = HTTPMethod(rawValue: C.route.method.rawValue)
    if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
    request.headers.add(name: "accept", value: "*/*")
    if C.route.method == .post { request.headers.add(name: "idempotency-key", value: UUID().uuidString) }
    if let version = (call as? any ConditionalCall)?.expectedVersion {
      request.headers.add(name: "if-match", value: "\"\(version)\"")
    }
    if let body = wire.body {
      request.headers.add(name: "content-type", value: "application/json")
      request.body = .bytes(ByteBuffer(string: body))
    }
    return request
  }

  private func send<C: Call>(_ request: HTTPClientRequest, _ call: C.Type) async throws -> C.Answer {
    let (response, body): (HTTPClientResponse, Data)
    do {
      response = try await http.execute(request, timeout: .seconds(Self.patience))
      body = Data(try await response.body.collect(upTo: Self.largestAnswer).readableBytesView)
    } catch {
      throw Unanswered(failure: Failure(.unavailable, "\(server) cannot be reached: \(sentence(error))"))
    }
    guard (200..<300).contains(response.status.code) else { throw refusal(response, body) }
    if let done = Done() as? C.Answer { return done }
    do {
      return try C.answer(response.headers.first(name: "content-type") ?? "", body)
    } catch {
      throw Failure(.unavailable, "\(server) gave an answer that is not Tocsin's, or of a newer one")
    }
  }
}
