import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// As much of a browser as signing in takes: cookies by host, redirects, forms.
final class WebBrowser {
  struct Answer {
    let url: URL
    let status: Int
    let headers: HTTPHeaders
    let text: String
  }

  /// The cookies of each host and port, which is stricter than browsers are.
  private(set) var cookies: [String: [String: String]] = [:]
  /// Every `Set-Cookie` so far.
  private(set) var setCookies: [String] = []
  /// Every address it went to.
  private(set) var visited: [URL] = []

  func get(_ url: String) async throws -> Answer {
    guard let url = URL(string: url) else { throw URLError(.badURL) }
    return try await go(url, form: nil)
  }

  /// Fills in the page's first form, or the first that goes to `action`, and sends it.
  func submit(_ page: Answer, _ values: [String: String], to action: String? = nil) async throws -> Answer {
    let forms = page.text.matches(of: /(?s)<form(.*?)<\/form>/).map { String($0.1) }
    let form = forms.first { action == nil || $0.contains("action=\"\(action ?? "")\"") } ?? ""
    var fields: [String: String] = [:]
    for match in form.matches(of: /(?s)<(?:input|button)\s([^>]*)>/) {
      let tag = String(match.1)
      func attribute(_ name: String) -> String? {
        try? Regex("(?:^|\\s)\(name)=\"([^\"]*)\"").firstMatch(in: tag)?[1].substring.map(String.init)
      }
      guard let name = attribute("name") else { continue }
      let isBox = attribute("type") == "checkbox" && !tag.contains("checked")
      if !isBox, fields[name] == nil { fields[name] = (attribute("value") ?? "").replacing("&amp;", with: "&") }
    }
    fields.merge(values) { $1 }
    let action = form.firstMatch(of: /action="([^"]*)"/).map { String($0.1) } ?? ""
    let url = action.isEmpty ? page.url : URL(string: action, relativeTo: page.url)?.absoluteURL ?? page.url
    return try await go(url, form: fields, from: page.url)
  }

  private func go(_ first: URL, form: [String: String]?, from: URL? = nil) async throws -> Answer {
    var (url, form, hops) = (first, form, 0)
    while true {
      let answer = try await once(url, form, from: from)
      guard (300..<400).contains(answer.status), let location = answer.headers.first(name: "location"),
        let next = URL(string: location, relativeTo: url)?.absoluteURL, hops < 20
      else { return answer }
      (url, form, hops) = (next, nil, hops + 1)
    }
  }

  private func once(_ url: URL, _ form: [String: String]?, from: URL?) async throws -> Answer {
    visited.append(url)
    let host = "\(url.host ?? ""):\(url.port ?? 80)"
    var request = HTTPClientRequest(url: url.absoluteString)
    let own = cookies[host, default: [:]].map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
    if !own.isEmpty { request.headers.add(name: "cookie", value: own) }
    request.headers.add(name: "accept", value: "text/html")
    if let form {
      request.method = .POST
      request.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
      if let from { request.headers.add(name: "origin", value: "http://\(from.host ?? ""):\(from.port ?? 80)") }
      let pairs = form.map { "\(encoded($0.key))=\(encoded($0.value))" }
      request.body = .bytes(ByteBuffer(string: pairs.joined(separator: "&")))
    }
    let response = try await Self.client.execute(request, timeout: .seconds(180))
    let body = try await response.body.collect(upTo: 4 << 20)
    for line in response.headers["set-cookie"] { keep(line, host) }
    return Answer(
      url: url, status: Int(response.status.code), headers: response.headers, text: String(buffer: body))
  }

  private func keep(_ line: String, _ host: String) {
    setCookies.append(line)
    let pair = (line.split(separator: ";").first ?? "").split(separator: "=", maxSplits: 1)
    let isOver = line.lowercased().contains("max-age=0") || pair.count < 2
    cookies[host, default: [:]][String(pair[0])] = isOver ? nil : String(pair[1])
  }

  private func encoded(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
  }

  /// Follows no redirect by itself; ends with the tests.
  private static let client: HTTPClient = {
    var configuration = HTTPClient.Configuration()
    configuration.redirectConfiguration = .disallow
    return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }()
}
