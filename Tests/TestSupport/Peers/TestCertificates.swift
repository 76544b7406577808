import Foundation

/// A certificate authority of its own and a server's certificate, in a folder that goes away with it.
public final class TestCertificates: Sendable {
  private let folder: URL
  /// PEM files.
  public let authority: String
  public let certificate: String
  public let key: String

  /// - Parameter names: whom the server's certificate is for, as OpenSSL writes it.
  public init(for names: String = "DNS:localhost,IP:127.0.0.1") throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "tocsin-certificates-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    self.folder = folder
    func path(_ name: String) -> String { folder.appending(path: name).path }
    (authority, certificate, key) = (path("ca.pem"), path("server.pem"), path("server.key"))
    try Self.openssl(
      ["req", "-x509", "-subj", "/CN=Tocsin test CA", "-keyout", path("ca.key"), "-out", authority]
        + ["-addext", "keyUsage=critical,keyCertSign,cRLSign"])
    try Self.openssl(
      ["req", "-x509", "-subj", "/CN=localhost", "-keyout", key, "-out", certificate, "-CA", authority]
        + ["-CAkey", path("ca.key"), "-addext", "subjectAltName=\(names)"]
        + ["-addext", "basicConstraints=critical,CA:FALSE"])
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private static func openssl(_ arguments: [String]) throws {
    _ = try PeerProcess.output(
      of: URL(filePath: "/usr/bin/env"),
      ["openssl"] + arguments + ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"])
  }
}
