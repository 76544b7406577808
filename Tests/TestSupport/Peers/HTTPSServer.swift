import Foundation

/// An HTTPS server on 127.0.0.1 that takes every POST with 204.
public enum HTTPSServer {
  /// Starts one, and ends it when `body`, which gets its port, returns or throws.
  ///
  /// - Parameter tls: the only version that it speaks, such as `TLSv1_2`; by default all that are usual.
  public static func with(
    _ certificates: TestCertificates, tls: String? = nil, _ body: (Int) async throws -> Void
  ) async throws {
    let script = PythonVenv.scripts.appending(path: "https_server.py").path
    let process = try PeerProcess(
      PythonVenv.python(), [script, certificates.certificate, certificates.key] + (tls.map { [$0] } ?? []))
    defer { process.stop() }
    guard let port = Int(process.firstLine) else { throw PeerFault("the HTTPS server named no port") }
    try await body(port)
  }
}
