import Foundation

/// An HTTPS server on 127.0.0.1 that takes every POST with 204.
public enum HTTPSServer {
  /// Starts one, and ends it when `body`, which gets its port, returns or throws.
  public static func with(_ certificates: TestCertificates, _ body: (Int) async throws -> Void) async throws {
    let script = PythonVenv.scripts.appending(path: "https_server.py").path
    let process = try PeerProcess(PythonVenv.python(), [script, certificates.certificate, certificates.key])
    defer { process.stop() }
    guard let port = Int(process.firstLine) else { throw PeerFault("the HTTPS server named no port") }
    try await body(port)
  }
}
