import API
import Foundation
import Hummingbird
import Tocsin

/// Reads a call out of a request. Path, query and body are held against the call's shape before anything is made of them.
struct CallReader<C: Call>: Sendable {
  private let shape: RecordShape
  private let pathNames: [String]

  init() {
    shape = C.shape
    pathNames = C.route.parameters
  }

  /// - Throws: ``Failure`` with code `malformed` or `invalid`; 413 or 415.
  func call(_ request: Request, _ context: Context) async throws -> C {
    var values = try pathValues(context)
    let query = try request.uri.query.map(queryValues) ?? [:]
    if C.route.method.hasBody {
      if let name = query.keys.min() {
        throw Failure(.invalid, "there is no parameter \"\(printable(name))\" here", field: name)
      }
      values.merge(try await bodyValues(request)) { path, _ in path }
    } else {
      values.merge(query) { path, _ in path }
    }
    return try JSON.decode(C.self, from: Data(JSON.encode(values).utf8))
  }

  /// `failure` with its field as a JSON pointer, when it is one of the body's.
  func placed(_ failure: Failure) -> Failure {
    guard let field = failure.field, !field.isEmpty, !field.hasPrefix("/"), !pathNames.contains(field) else {
      return failure
    }
    if shape[field] != nil { return C.route.method.hasBody ? failure.placed(at: "/" + field) : failure }
    // Headers have capitals. A field of another call says nothing here.
    return field.contains(where: \.isUppercase) ? failure : failure.placed(at: "")
  }

  private func pathValues(_ context: Context) throws -> [String: JSONValue] {
    var values: [String: JSONValue] = [:]
    for name in pathNames { values[name] = .string(try decoded(Substring(context.parameters.require(name)), name)) }
    return values
  }

  private func queryValues(_ query: String) throws -> [String: JSONValue] {
    var values: [String: JSONValue] = [:]
    for pair in query.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = try decoded(parts[0], "the query")
      // Forms and many clients write a space as a plus (URL Standard, application/x-www-form-urlencoded).
      let text = try decoded((parts.count == 2 ? parts[1] : "").replacing("+", with: " "), name)
      let known = shape.fields.map(\.name).filter { !pathNames.contains($0) }
      guard !C.route.method.hasBody, known.contains(name), let field = shape[name] else {
        throw Failure(
          .invalid, "there is no parameter \"\(printable(name))\" here\(hint(name, known))", field: printable(name),
          allowed: known)
      }
      guard values[name] == nil else { throw Failure(.invalid, "\(name) is given twice", field: name) }
      if text.isEmpty, field.isOptionalText { continue }
      if let fault = Fields.all[name]?.fault(in: text) { throw Failure(.invalid, "\(name) \(fault)", field: name) }
      values[name] = try field.checked(field.shape.value(of: text), at: name)
    }
    if let missing = shape.fields.first(where: {
      $0.isRequired && !pathNames.contains($0.name) && values[$0.name] == nil
    }),
      !C.route.method.hasBody
    {
      throw Failure(.invalid, "\(missing.name) is missing", field: missing.name)
    }
    return values
  }

  private func bodyValues(_ request: Request) async throws -> [String: JSONValue] {
    let body = Data(buffer: try await request.body.collect(upTo: Limits.largestBody))
    let fields = RecordShape(shape, without: Set(pathNames))
    if body.isEmpty { return try fields.checked([:], at: "") }
    try request.requireJSON()
    guard case .object(let values) = try JSON.value(body) else {
      throw Failure(.invalid, "the body must be a JSON object", field: "")
    }
    let checked = try fields.checked(values, at: "")
    return C.route.method == .patch ? checked.mapValues { $0 == .null ? "" : $0 } : checked
  }

  /// A percent-encoded text (RFC 3986, section 2.1).
  private func decoded(_ text: some StringProtocol, _ place: String) throws -> String {
    guard let text = text.removingPercentEncoding else {
      throw Failure(.malformed, "\(printable(place)) is not percent-encoded UTF-8")
    }
    return text
  }
}
