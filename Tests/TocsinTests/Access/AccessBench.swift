import Foundation
import TestSupport
import Testing
import Tocsin

/// What tests of access share.
extension TestBench {
  static let password = "purple giraffe on a ladder"

  /// A user with ``password``.
  @discardableResult
  func user(_ name: String = "ana", _ role: Role = .responder) async throws -> User {
    try await incidents.createUser(name: name, role: role, password: Self.password)
  }

  /// Logs in from 192.0.2.1, unless told otherwise.
  func logIn(
    _ name: String = "ana", _ password: String = TestBench.password, code: String? = nil,
    at address: String = "192.0.2.1",
    userAgent: String? = nil
  ) async throws -> LogInOutcome {
    try await incidents.logIn(name: name, password: password, code: code, address: address, userAgent: userAgent)
  }

  /// A session of a user without a second factor.
  func session(_ name: String = "ana", _ password: String = TestBench.password, code: String? = nil) async throws
    -> NewSession
  {
    guard case .session(let session) = try await logIn(name, password, code: code) else {
      throw Failure(.internal, "a code was asked for")
    }
    return session
  }

  /// The code of a login that is refused; nil for one that is not.
  func refusal(_ name: String, _ password: String, code: String? = nil, at address: String = "192.0.2.1") async
    -> Failure?
  {
    await LimitTests.refusal { _ = try await logIn(name, password, code: code, at: address) }
  }

  /// The actions in the audit log, oldest first.
  func actions() async throws -> [AuditAction] {
    try await incidents.auditEntries(page: PageRequest(limit: 10_000)).items.reversed().map(\.action)
  }
}

/// Runs `body` so many times at once and returns how each ended, nil for well.
func atOnce(_ count: Int, _ body: @escaping @Sendable (Int) async throws -> Void) async -> [Failure?] {
  await withTaskGroup(of: Failure?.self) { group in
    for number in 0..<count { group.addTask { await LimitTests.refusal { try await body(number) } } }
    return await group.reduce(into: []) { $0.append($1) }
  }
}
