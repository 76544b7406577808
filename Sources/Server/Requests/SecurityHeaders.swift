import HTTPTypes
import Hummingbird

extension Response {
  /// Sets what keeps a browser from making more of an answer than it is. What the route has set itself stays.
  mutating func secure(_ context: Context) {
    headers[.xContentTypeOptions] = "nosniff"
    set(.referrerPolicy, "no-referrer")
    set(.cacheControl, "no-store")
    // A page says itself what it may load. Nothing of ours belongs into another's frame.
    let isPage = headers[.contentType]?.hasPrefix("text/html") == true
    set(.contentSecurityPolicy, (isPage ? "" : "default-src 'none'; ") + "frame-ancestors 'none'")
    if context.isSecure { set(.strictTransportSecurity, "max-age=31536000") }
  }

  private mutating func set(_ name: HTTPField.Name, _ value: String) {
    if headers[name] == nil { headers[name] = value }
  }
}
