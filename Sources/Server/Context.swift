import Foundation
import Hummingbird
import NIOCore
import Tocsin

/// What a request carries along on its way through the server.
struct Context: RequestContext, RemoteAddressRequestContext {
  var coreContext: CoreRequestContextStorage
  /// The other end of the connection: the client, or a proxy.
  let remoteAddress: SocketAddress?
  let channel: any NIOCore.Channel
  /// Who asks; nil where nobody has to say.
  var visitor: Visitor?

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
    remoteAddress = source.channel.remoteAddress
  }
}
