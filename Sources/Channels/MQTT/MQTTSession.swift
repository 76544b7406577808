import CMosquitto
import Foundation
import Tocsin

/// One connection to a broker by libmosquitto, from CONNECT to its end; never used again after that. For one thread only.
final class MQTTSession {
  enum Version: Int32 {
    case v311 = 4
    case v5 = 5
  }

  /// Seconds without traffic after which it is checked that the broker is still there (MQTT 5, section 3.1.2.10).
  static let keepAlive: Int32 = 30

  let version: Version
  /// The answer to CONNECT; nil before it came.
  private(set) var connack: Int32?
  /// What the broker confirmed since the last look: message id and reason.
  var confirmed: [(id: Int32, reason: Int32)] = []
  /// What came in since the last look.
  var received: [[UInt8]] = []
  /// Why it is over; nil while it is not.
  private(set) var fault: String?
  /// Whether the broker closed the connection without a word.
  private(set) var wasHungUp = false
  private var untrusted = false
  private var handle: OpaquePointer?

  /// Begins to connect; needs a `cmosquitto_load` that returned NULL. Blocks while the name is looked up.
  ///
  /// - Parameter will: topic of a retained `offline` that the broker publishes when this connection breaks.
  init(_ settings: MQTTSettings, _ version: Version, will: String?) {
    self.version = version
    // 23 letters and digits are what every broker must take (MQTT 3.1.1, section 3.1.3.1).
    let id = "tocsin" + UUID().uuidString.lowercased().filter { $0 != "-" }.prefix(17)
    handle = cmosquitto_new(id, Self.callbacks, Unmanaged.passUnretained(self).toOpaque())
    guard let handle else {
      fail("no memory for a connection")
      return
    }
    var code = cmosquitto_set_version(handle, version.rawValue)
    if code == 0, let login = settings.login {
      code = cmosquitto_set_login(handle, login.username, login.password?.exposed)
    }
    if code == 0, settings.tls {
      code = cmosquitto_set_tls(handle, settings.caFile, settings.caFile == nil ? "/etc/ssl/certs" : nil)
    }
    if code == 0, let will { code = cmosquitto_set_will(handle, will, "offline") }
    if code == 0 { code = cmosquitto_connect(handle, settings.host, Int32(settings.port), Self.keepAlive) }
    // Below zero it is still connecting.
    if code > 0 { fail(code) }
  }

  deinit { if let handle { cmosquitto_destroy(handle) } }

  var isConnected: Bool { connack == 0 && fault == nil }

  /// What poll(2) shall wait for.
  var interest: (descriptor: Int32, events: Int16)? {
    guard let handle, fault == nil else { return nil }
    let descriptor = cmosquitto_socket(handle)
    guard descriptor >= 0 else { return nil }
    return (descriptor, Int16(POLLIN) | (cmosquitto_wants_write(handle) ? Int16(POLLOUT) : 0))
  }

  /// Reads, writes and pings.
  func turn(ready: Int16) {
    guard let handle, fault == nil else { return }
    let descriptor = cmosquitto_socket(handle)
    var code: Int32 = 0
    if ready != 0 {
      // Both, whatever is ready: TLS reads when it wants to write, and the other way round.
      code = cmosquitto_read(handle)
      if code == 0, cmosquitto_socket(handle) >= 0 { code = cmosquitto_write(handle) }
    }
    if code == 0, cmosquitto_socket(handle) >= 0 { code = cmosquitto_look_after(handle) }
    if code != 0 || cmosquitto_socket(handle) < 0 { return fail(code) }
    // The library does not notice an end in the middle of the TLS handshake.
    if connack == nil, ready != 0, Self.isOver(descriptor, ready) { hangUp() }
  }

  private static func isOver(_ descriptor: Int32, _ ready: Int16) -> Bool {
    if ready & Int16(POLLERR | POLLHUP) != 0 { return true }
    var byte: UInt8 = 0
    return ready & Int16(POLLIN) != 0
      && recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) == 0
  }

  /// Sends a message and returns its id, by which ``confirmed`` tells of it.
  func publish(_ publication: MQTTPublication, qos: Int32) -> Result<Int32, SendFailure> {
    guard let handle, isConnected else { return .failure(.retryable("no connection")) }
    var id: Int32 = 0
    let code = publication.contentType.withCString { type in
      publication.communicationGuid.withCString { guid in
        var properties = cmosquitto_properties(
          content_type: type, expiry: publication.expiry, communication_guid: guid)
        return withUnsafePointer(to: &properties) { properties in
          cmosquitto_publish(
            handle, &id, publication.topic, publication.payload, Int32(publication.payload.count), qos,
            publication.isRetained, version == .v5 ? properties : nil)
        }
      }
    }
    let error = mosq_err_t(rawValue: code)
    // A broker may take less than we would like; 1 is as good a proof as 2.
    if error == MOSQ_ERR_QOS_NOT_SUPPORTED, qos == 2 { return publish(publication, qos: 1) }
    return code == 0 ? .success(id) : .failure(MQTTReason.refusal(error))
  }

  func subscribe(_ topic: String) {
    if let handle, isConnected { _ = cmosquitto_subscribe(handle, topic) }
  }

  /// Says goodbye, so that the broker keeps the last will to itself.
  func disconnect() {
    if let handle, isConnected { _ = cmosquitto_disconnect(handle) }
  }

  private func fail(_ code: Int32) {
    if untrusted { return fail("its certificate is not trusted") }
    let error = mosq_err_t(rawValue: code)
    switch error {
    case MOSQ_ERR_SUCCESS, MOSQ_ERR_CONN_LOST, MOSQ_ERR_CONN_REFUSED, MOSQ_ERR_NO_CONN:
      hangUp()
    case MOSQ_ERR_ERRNO: fail(reason(String(cString: strerror(errno))).lowercased())
    case MOSQ_ERR_TLS: fail("no encrypted connection")
    case MOSQ_ERR_EAI: fail("its name is not known")
    default: fail(MQTTReason.text(error).lowercased())
    }
  }

  private func hangUp() {
    if fault == nil { wasHungUp = true }
    fail("it closed the connection")
  }

  private func fail(_ text: String) { if fault == nil { fault = text } }

  // Called by the library on our thread, during one of our calls.
  private static let callbacks = cmosquitto_callbacks(
    connected: { state, reason in session(state).connack = reason },
    disconnected: { state, reason in if reason >= 0x80 { session(state).fail("it ended the connection (\(reason))") } },
    published: { state, id, reason in session(state).confirmed.append((id, reason)) },
    received: { state, bytes, count in
      session(state).received.append(Array(UnsafeRawBufferPointer(start: bytes, count: Int(count))))
    },
    // "certificate verify failed" is OpenSSL's, "host name verification failed" the library's own.
    logged: { state, text in
      let text = String(cString: text)
      if text.contains("certificate verify") || text.contains("verification failed") { session(state).untrusted = true }
    })

  private static func session(_ state: UnsafeMutableRawPointer) -> MQTTSession {
    Unmanaged<MQTTSession>.fromOpaque(state).takeUnretainedValue()
  }
}
