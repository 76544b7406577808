import Foundation
import Hummingbird
import NIOCore
import Synchronization
import Tocsin

/// What a request carries along on its way through the server.
struct Context: RequestContext, RemoteAddressRequestContext {
  var coreContext: CoreRequestContextStorage
  /// The other end of the connection: the client, or a proxy.
  let remoteAddress: SocketAddress?
  /// Who sent the request, as far as it can be believed: see ``TrustedProxies``.
  var client = Client()
  let channel: any NIOCore.Channel
  /// Who asks; nil where nobody has to say.
  var visitor: Visitor? { didSet { trail.note(visitor: visitor?.principal.name) } }
  /// By what they said who they are: at most one of the two.
  var token: Token?
  var signedIn: SignedIn?
  /// What is known of the request in the end, for the log. Shared by all copies of this context.
  let trail = Trail()

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
    remoteAddress = source.channel.remoteAddress
  }

  /// Whether the other end of the connection is on this machine; true for a request that came over no network at all.
  var isFromHere: Bool { remoteAddress?.ipAddress.map { Loopback.contains($0) } ?? true }
  /// The client's IP address, as text; nil when it is not known.
  var clientAddress: String? { client.address }
  /// Whether the client's own connection is encrypted.
  var isSecure: Bool { client.isSecure }
  /// The route's path with the names of its parameters, such as `/api/v1/incidents/{id}`; nil for an address that is none.
  var route: String? { endpointPath.flatMap { $0 == "NotFound" ? nil : $0 } }
}

/// What handlers learn about a request that the log wants to know.
final class Trail: Sendable {
  private struct Notes {
    var visitor: String?
    var problem: String?
  }

  private let notes = Mutex(Notes())

  /// Who asked.
  var visitor: String? { notes.withLock { $0.visitor } }
  /// Why it was refused or failed; not for the client.
  var problem: String? { notes.withLock { $0.problem } }

  func note(visitor: String?) { notes.withLock { $0.visitor = visitor } }
  func note(problem: String) { notes.withLock { $0.problem = problem } }
}
