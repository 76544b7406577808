import Foundation
import HTTPTypes
import Hummingbird
import Mustache
import Tocsin

/// The pages for browsers: plain HTML of the server, without scripts. What stands in `{{…}}` is escaped by Mustache.
enum WebPage: String, CaseIterable {
  case signIn = "sign_in"
  case code
  case setUp = "set_up"
  case home
  case message

  /// A page with these values, as an answer.
  func response(_ values: [String: Any?], status: HTTPResponse.Status = .ok) throws -> Response {
    let known: [String: Any] = values.compactMapValues { $0 }.merging(["version": Product.version]) { own, _ in own }
    guard let html = Self.library.render(known, withTemplate: rawValue) else {
      throw Failure(.internal, "the page \(rawValue) cannot be written")
    }
    return Response(status: status, headers: Self.headers, body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
  }

  /// The same after something went wrong: with its words in `problem`.
  func response(_ values: [String: Any?], problem failure: Failure) throws -> Response {
    var response = try response(values.merging(["problem": failure.sentence]) { $1 }, status: failure.httpStatus)
    if failure.code == .unavailable || failure.code == .tooMany {
      response.headers[.retryAfter] = String(failure.retryAfter ?? 5)
    }
    // Not Basic, for which a browser would ask by a window of its own.
    if failure.code == .unauthenticated { response.headers[.wwwAuthenticate] = "Bearer" }
    return response
  }

  /// The referrer stays among our own pages: without any, a browser would call the origin of our forms `null`.
  private static let headers: HTTPFields = [
    .contentType: "text/html; charset=utf-8", .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
    .referrerPolicy: "same-origin",
    .contentSecurityPolicy:
      "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  ]

  private static let library: MustacheLibrary = {
    do {
      var library = MustacheLibrary()
      try library.register(PageTemplates.layout, named: "layout")
      for page in allCases { try library.register(PageTemplates.all[page] ?? "", named: page.rawValue) }
      return library
    } catch {
      preconditionFailure("a page's template is wrong: \(error)")
    }
  }()
}

extension Failure {
  /// The message as a sentence of its own.
  fileprivate var sentence: String {
    let text = message.prefix(1).uppercased() + message.dropFirst()
    return text.last?.isPunctuation == true ? text : text + "."
  }
}

extension HTTPField.Name {
  // A constant of valid letters.
  fileprivate static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
}
