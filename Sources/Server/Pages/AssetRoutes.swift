import API
import HTTPTypes
import Hummingbird
import Pages
import Tocsin

/// What pages load.
struct AssetRoutes {
  func add(to table: inout RouteTable) {
    for asset in Asset.all {
      let route = Route(.get, "/assets/\(asset.name)", .anyone, "What pages load: \(asset.name).")
      table.add(page: route) { request, _ in
        // Under this very version's address it never changes.
        let isVersioned = request.uri.query == asset.version
        return Response(
          status: .ok,
          headers: [
            .contentType: asset.type, .cacheControl: isVersioned ? "public, max-age=31536000, immutable" : "no-cache",
            // A worker goes by the policy of its own file: it listens to our events.
            .contentSecurityPolicy: "default-src 'none'; connect-src 'self'; frame-ancestors 'none'",
          ], body: ResponseBody(byteBuffer: ByteBuffer(bytes: asset.bytes)))
      }
    }
  }
}
