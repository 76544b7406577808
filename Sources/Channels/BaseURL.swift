import Foundation
import Tocsin

extension Setting {
  /// The setting `base_url` without a slash at its end: the address of a vendor, of a proxy before it, or of a test server.
  ///
  /// - Parameter standard: the vendor's own address.
  static func baseURL(_ settings: [String: String], standard: String) throws -> String {
    guard var url = settings["base_url"] else { return standard }
    if let fault = HTTPTarget.fault(url) { throw invalid("base_url", fault) }
    guard !url.contains("?"), !url.contains("#") else { throw invalid("base_url", "must end with its path") }
    while url.last == "/" { url.removeLast() }
    return url
  }
}
