import Foundation
import HTTPTypes
import Hummingbird
import TestSupport
import Tocsin

@testable import Server

/// What a browser keeps: cookies, by their rules as far as they matter here.
struct Browser {
  private(set) var cookies: [String: String] = [:]
  /// The `Set-Cookie` of the last answer.
  private(set) var setCookies: [String] = []

  init(_ cookies: [String: String] = [:]) { self.cookies = cookies }

  var headers: HTTPFields {
    cookies.isEmpty ? [:] : [.cookie: cookies.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")]
  }

  /// The session's secret.
  var session: String? { cookies["tocsin"] }

  mutating func take(_ headers: HTTPFields) {
    setCookies = headers[values: .setCookie]
    for line in setCookies {
      let parts = line.components(separatedBy: "; ")
      let pair = parts[0].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let (name, value) = (String(pair[0]), String(pair[1]))
      cookies[name] = parts.contains("Max-Age=0") ? nil : value
    }
  }
}

extension TestBench {
  static var password: String { "correct horse battery" }

  func user(_ name: String = "ada", _ role: Role = .responder) async throws {
    try await incidents.createUser(name: name, role: role, password: Self.password)
  }

  /// One request by a browser.
  func send(
    _ method: HTTPRequest.Method, _ uri: String, _ body: String? = nil, by browser: inout Browser, csrf: String? = nil,
    _ more: HTTPFields = [:]
  ) async throws -> HTTPAnswer {
    var headers = browser.headers
    for field in more { headers[field.name] = field.value }
    if let csrf { headers[.csrfToken] = csrf }
    let answer = try await send(method, uri, body, headers)
    browser.take(answer.headers)
    return answer
  }

  /// Posts a form, as a page of ours does.
  func post(_ uri: String, _ fields: [(String, String)], by browser: inout Browser) async throws -> HTTPAnswer {
    try await send(
      .post, uri, FormText.encoded(fields), by: &browser,
      [
        .contentType: "application/x-www-form-urlencoded", .origin: "http://localhost", .fetchSite: "same-origin",
        .accept: "text/html",
      ])
  }

  /// Signs in by the API, and returns the session's CSRF token.
  @discardableResult
  func signIn(
    _ name: String = "ada", password: String = Self.password, code: String? = nil, _ browser: inout Browser
  ) async throws -> String {
    let answer = try await attempt(name, password, code, &browser)
    guard answer.status == 201, let token = answer.json["csrf_token"].string else { throw SignInRefused(answer.text) }
    return token
  }

  func attempt(_ name: String, _ password: String, _ browser: inout Browser) async throws -> HTTPAnswer {
    try await attempt(name, password, nil, &browser)
  }

  func attempt(
    _ name: String, _ password: String, _ code: String?, _ browser: inout Browser
  ) async throws -> HTTPAnswer {
    var values: [String: JSONValue] = ["name": .string(name), "password": .string(password)]
    if let code { values["code"] = .string(code) }
    return try await send(.post, "/api/v1/session", JSON.encode(values), by: &browser)
  }

  /// Whether this browser is signed in.
  func isSignedIn(_ browser: Browser) async throws -> Bool {
    var browser = browser
    return try await send(.get, "/api/v1/session", by: &browser).status == 200
  }
}

struct SignInRefused: Error {
  let answer: String
  init(_ answer: String) { self.answer = answer }
}
