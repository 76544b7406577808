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
      let call = try await reader.call(request, context)
      do {
        let principal = try visitor.acting(as: call.onBehalfOf, field: actorField)
        return try await answer(call, by: principal, request, context)
      } catch let failure as Failure {
        throw reader.placed(failure)
      }
    }
  }
}

extension CallRoutes {
  private func answer<C: Call>(
    _ call: C, by principal: Principal, _ request: Request, _ context: Context
  ) async throws -> Response {
    let encode: @Sendable (C.Answer) throws -> StoredAnswer = { try C.written($0, to: request.uri) }
    let perform: @Sendable (Incidents) async throws -> C.Answer = { incidents in
      try await call.expecting(request.headers, incidents).perform(on: incidents, by: principal)
    }
    guard let idempotent = try request.idempotent(call, context) else {
      return Response(try encode(try await perform(incidents)), unlessKnownTo: request)
    }
    let once = try await incidents.once(idempotent, encode: encode, work: perform)
    var response = Response(once.answer)
    if once.isReplayed { response.headers[.idempotencyReplayed] = "true" }
    return response
  }
}

extension Request {
  /// Nil without the header; only a POST takes it, the other methods can be repeated as they are.
  ///
  /// - Throws: ``Failure`` with code `invalid` for a key that is none.
  fileprivate func idempotent<C: Call>(_ call: C, _ context: Context) throws -> IdempotentRequest? {
    guard C.route.method == .post, let key = headers[.idempotencyKey] else { return nil }
    let sender = context.token?.tokenGuid ?? context.signedIn?.user.userGuid ?? ""
    let credential = Authorization.secret(headers[.authorization]) ?? SessionCookie.secret(self, context) ?? ""
    return try IdempotentRequest(
      key: key, sender: sender, credential: credential,
      route: "\(C.route.method.rawValue) \(C.route.path)", path: uri.string, body: Data(JSON.encode(call).utf8))
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
    do {
      return try Principal(name, from: principal.address, credential: principal.name)
    } catch let failure as Failure {
      throw failure.placed(at: "/" + (field ?? "by"))
    }
  }
}
