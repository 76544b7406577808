import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import TestSupport
import Tocsin

@testable import Server

extension TestBench {
  /// What a request was answered.
  struct HTTPAnswer {
    let status: Int
    let headers: HTTPFields
    let bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The body as JSON; null when it is none.
    var json: JSONValue { (try? JSON.value(Data(text.utf8))) ?? .null }
  }

  /// A token of its own for each role.
  func token(_ role: Role) async throws -> String {
    try await incidents.createToken(name: "the \(role.rawValue)", role: role).secret
  }

  /// One request to a server on this bench's database.
  func send(
    _ method: HTTPRequest.Method, _ uri: String, _ body: String? = nil, token: String? = nil,
    _ headers: HTTPFields = [:], in surroundings: Routes.Surroundings = Routes.Surroundings()
  ) async throws -> HTTPAnswer {
    try await serving(in: surroundings) { try await $0.send(method, uri, body, token: token, headers) }
  }

  /// Many requests to one server on this bench's database.
  func serving<T: Sendable>(
    in surroundings: Routes.Surroundings = Routes.Surroundings(),
    _ body: @escaping @Sendable (HTTPSender) async throws -> T
  ) async throws -> T {
    let application = Application(router: Routes.table(incidents, surroundings).router)
    return try await application.test(.router) { try await body(HTTPSender(client: $0)) }
  }
}

/// Sends requests to one server.
struct HTTPSender: Sendable {
  fileprivate let client: any TestClientProtocol

  func send(
    _ method: HTTPRequest.Method, _ uri: String, _ body: String? = nil, token: String? = nil,
    _ headers: HTTPFields = [:]
  ) async throws -> TestBench.HTTPAnswer {
    var headers = headers
    if let token { headers[.authorization] = "Bearer \(token)" }
    if body != nil, headers[.contentType] == nil { headers[.contentType] = "application/json" }
    let answer = try await client.execute(
      uri: uri, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) })
    return TestBench.HTTPAnswer(
      status: answer.status.code, headers: answer.headers, bytes: Array(answer.body.readableBytesView))
  }
}

extension JSONValue {
  /// A field of an object; null when there is none.
  subscript(_ name: String) -> JSONValue { if case .object(let fields) = self { fields[name] ?? .null } else { .null } }

  /// An item of an array; null when there is none.
  subscript(_ index: Int) -> JSONValue {
    if case .array(let items) = self, items.indices.contains(index) { items[index] } else { .null }
  }

  var count: Int { if case .array(let items) = self { items.count } else { 0 } }
}
