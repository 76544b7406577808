import Foundation

/// A real OpenID provider (Canaille) on 127.0.0.1, for the time of one test.
public final class RealOIDCProvider: Sendable {
  /// Who has an account there.
  public struct User: Sendable {
    public let name: String
    public let password: String
    public let groups: [String]

    public init(_ name: String, password: String, groups: [String]) {
      (self.name, self.password, self.groups) = (name, password, groups)
    }
  }

  public static let clientID = "tocsin"
  public static let clientSecret = "canary-client-secret-51d0"

  /// As it calls itself.
  public let issuer: String
  private let process: PeerProcess

  private init(redirectURI: String, authMethod: String, algorithm: String, _ users: [User]) throws {
    let options: [String: Any] = [
      "redirect_uri": redirectURI, "client_id": Self.clientID, "client_secret": Self.clientSecret,
      "auth_method": authMethod, "alg": algorithm,
      "users": users.map { ["name": $0.name, "password": $0.password, "groups": $0.groups] as [String: Any] },
    ]
    let json = String(decoding: try JSONSerialization.data(withJSONObject: options), as: UTF8.self)
    let script = PythonVenv.scripts.appending(path: "oidc_provider.py").path
    process = try PeerProcess(PythonVenv.python(), [script, json])
    guard let port = Int(process.firstLine) else {
      process.stop()
      throw PeerFault("the OpenID provider named no port: \(process.firstLine)")
    }
    issuer = "http://127.0.0.1:\(port)"
  }

  /// From now on it signs with other keys.
  public func rotateKeys() throws {
    let answer = try process.ask("rotate")
    guard answer == "rotated" else { throw PeerFault("the OpenID provider said \(answer)") }
  }

  /// Starts one, and ends it when `body` returns or throws.
  ///
  /// - Parameters:
  ///   - redirectURI: the only place to which it sends people back.
  ///   - authMethod: how it wants the client's secret: `client_secret_basic` or `client_secret_post`.
  ///   - algorithm: what it signs with: `RS256`, `PS256`, `ES256` or `EdDSA`.
  public static func with<Result>(
    redirectURI: String, authMethod: String = "client_secret_basic", algorithm: String = "RS256", users: [User],
    _ body: (RealOIDCProvider) async throws -> Result
  ) async throws -> Result {
    let provider = try RealOIDCProvider(
      redirectURI: redirectURI, authMethod: authMethod, algorithm: algorithm, users)
    defer { provider.process.stop() }
    return try await body(provider)
  }
}
