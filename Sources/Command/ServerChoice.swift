import Foundation
import Tocsin
import TocsinClient

extension LocalOptions {
  /// Says so, where somebody may think that a command works on the server of the environment.
  static func noteThatServerIsUnused(
    _ configuration: Configuration, _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    guard nonEmpty(environment["TOCSIN_SERVER"]) != nil else { return }
    Terminal.complain("Note: this works on \(configuration.database); TOCSIN_SERVER is not used.")
  }
}

extension CommonOptions {
  /// The server to work on; nil for a database of this machine. What is typed wins over the environment.
  ///
  /// - Throws: ``Failure`` with code `invalid` when both are asked for: somebody would work on the wrong one.
  func client(
    _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> TocsinClient? {
    if server != nil, place.database != nil {
      throw Failure(.invalid, "--server and --database exclude each other; give one of them")
    }
    guard place.database == nil, let address = server ?? nonEmpty(environment["TOCSIN_SERVER"]) else { return nil }
    if server == nil, nonEmpty(environment["TOCSIN_DATABASE"]) != nil {
      throw Failure(
        .invalid, "TOCSIN_SERVER and TOCSIN_DATABASE are both set; unset one, or give --server or --database")
    }
    return try TocsinClient(
      server: address, token: environment.text("TOCSIN_TOKEN"), certificates: nonEmpty(environment["TOCSIN_CA_FILE"]))
  }
}
