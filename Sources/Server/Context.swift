import Foundation
import Hummingbird
import NIOCore
import Tocsin

/// What a request carries along on its way through the server.
struct Context: RequestContext, RemoteAddressRequestContext {
  var coreContext: CoreRequestContextStorage
  /// The other end of the connection: the client, or a proxy.
  let remoteAddress: SocketAddress?
  /// Who asks; nil where nobody has to say.
  var visitor: Visitor?
  /// By what they said who they are: at most one of the two.
  var token: Token?
  var signedIn: SignedIn?

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    remoteAddress = source.channel.remoteAddress
  }
}
