import Crypto
import Foundation
import Tocsin

/// A file that pages load: the files of `Assets/`. Add one: a file, and a line in ``all``.
public struct Asset: Sendable {
  public static let all = [
    Asset("tocsin.css", "text/css; charset=utf-8", PackageResources.tocsin_css),
    Asset("tocsin.js", "text/javascript; charset=utf-8", PackageResources.tocsin_js),
    Asset("events.js", "text/javascript; charset=utf-8", PackageResources.events_js),
    Asset("icon.svg", "image/svg+xml", PackageResources.icon_svg),
  ]

  public let name: String
  public let type: String
  public let bytes: [UInt8]
  /// Changes with what is in it, so that a browser may keep it for ever.
  public let version: String

  private init(_ name: String, _ type: String, _ bytes: [UInt8]) {
    (self.name, self.type, self.bytes) = (name, type, bytes)
    version = SHA256.hash(data: bytes).prefix(6).map { String(format: "%02x", $0) }.joined()
  }

  /// Where a page finds it.
  public var address: String { "/assets/\(name)?\(version)" }
}
