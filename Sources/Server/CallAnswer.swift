import API
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Tocsin

extension Call {
  /// How the answer to a request for `uri` goes over the wire.
  static func written(_ answer: Answer, to uri: URI) throws -> StoredAnswer {
    if answer is Done { return StoredAnswer(status: 204, headers: [:], body: "") }
    let (type, text) = try content(answer)
    var headers = ["content-type": type]
    if let versioned = answer as? any Versioned { headers["etag"] = "\"\(versioned.tag)\"" }
    if let cursor = (answer as? any PagedAnswer)?.nextCursor {
      headers["link"] = "<\(uri.withCursor(cursor))>; rel=\"next\""
    }
    return StoredAnswer(status: status, headers: headers, body: text)
  }
}

private protocol PagedAnswer { var nextCursor: String? { get } }

extension Page: PagedAnswer {}

extension URI {
  /// The same address with another cursor, as a relative reference (RFC 8288, section 3.1).
  fileprivate func withCursor(_ cursor: String) -> String {
    let pairs = (query ?? "").split(separator: "&").filter { !$0.hasPrefix("cursor=") }
    let target = "\(path)?" + (pairs.map(String.init) + ["cursor=\(cursor)"]).joined(separator: "&")
    // What a browser would have encoded must not end the reference.
    return target.utf8.map { byte in
      (0x21...0x7E).contains(byte) && !"<>\"".utf8.contains(byte)
        ? String(UnicodeScalar(byte)) : "%" + String(byte, radix: 16, uppercase: true)
    }.joined()
  }
}

extension Response {
  init(_ answer: StoredAnswer) {
    self.init(status: .init(code: answer.status), headers: [.cacheControl: "no-store"])
    for (name, value) in answer.headers { if let name = HTTPField.Name(name) { headers[name] = value } }
    if !answer.body.isEmpty { body = ResponseBody(byteBuffer: ByteBuffer(string: answer.body)) }
  }

  /// The answer, or 304 when the request says that its sender has it (RFC 9110, section 13.1.2).
  init(_ answer: StoredAnswer, unlessKnownTo request: Request) {
    self.init(answer)
    guard request.method == .get || request.method == .head, let tag = headers[.eTag],
      let known = request.headers[.ifNoneMatch], EntityTags(known)?.matchWeakly(tag) == true
    else { return }
    self.init(status: .notModified, headers: [.cacheControl: "no-store", .eTag: tag])
  }
}

extension HTTPField.Name {
  static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
  static let idempotencyReplayed = HTTPField.Name("Idempotency-Replayed")!
}
