import Hummingbird
import NIOCore

extension Context {
  var clientAddress: String? { remoteAddress?.ipAddress }
  var isSecure: Bool { false }
}
