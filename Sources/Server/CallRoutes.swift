import API
import Foundation
import Hummingbird
import Tocsin

/// The calls of ``Call`` as routes: read the call, do it, write the answer.
struct CallRoutes {
  let incidents: Incidents

  func add(to table: inout RouteTable) {
    for call in Calls.all { add(call, to: &table) }
  }

  private func add<C: Call>(_ type: C.Type, to table: inout RouteTable) {
    let reader = CallReader<C>()
    let actorField = C.shape.fields.first { $0.name.hasSuffix("_by") }?.name
    table.add(C.endpoint) { request, context in
      guard let visitor = context.visitor else { throw Failure(.unauthenticated, "a token is needed") }
      do {
        let call = try await reader.call(request, context)
        let answer = try await call.perform(on: incidents, by: visitor.acting(as: call.actor, field: actorField))
        return try .answer(C.self, answer)
      } catch let failure as Failure {
        throw reader.placed(failure)
      }
    }
  }
}

extension Visitor {
  /// Who acts: the visitor, or whom an admin names.
  ///
  /// - Throws: ``Failure`` with code `forbidden` when somebody else names another.
  func acting(as name: String?, field: String?) throws -> Principal {
    guard let name, !name.isEmpty, name != principal.name else { return principal }
    guard role == .admin else {
      throw Failure(
        .forbidden,
        "only the role admin may act for somebody else; leave the name out, or give \(printable(principal.name))",
        field: field)
    }
    return try Principal(name)
  }
}

extension Response {
  fileprivate static func answer<C: Call>(_ call: C.Type, _ answer: C.Answer) throws -> Response {
    if answer is Done { return Response(status: .noContent, headers: [.cacheControl: "no-store"]) }
    let (type, text) = try C.content(answer)
    return Response(
      status: .init(code: C.status), headers: [.contentType: type, .cacheControl: "no-store"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }
}
