import CDBus
import Foundation

/// A connection to a D-Bus and the notification daemon on it. For one thread only; calls block up to their deadline.
final class DesktopBus {
  /// Why a call brought nothing.
  struct Fault: Error {
    /// `errno`, 0 for none.
    var code: Int32 = 0
    /// The D-Bus name of the error; empty for none.
    var name = ""
  }

  private let bus: OpaquePointer
  private let invoked: (String, UInt32, String) -> Void
  /// Of this bus, until it starts anew.
  let id: String

  /// Connects; needs a `cdbus_load` that returned NULL.
  ///
  /// - Parameter invoked: called within ``process()`` when a button of any notification is pressed: the daemon's unique
  ///   name, the notification and the action. Without it nobody asks for the signal.
  init(
    _ address: String, by deadline: ContinuousClock.Instant, invoked: ((String, UInt32, String) -> Void)? = nil
  ) throws(Fault) {
    var opened: OpaquePointer?
    try Self.check(cdbus_open(address, &opened))
    guard let opened else { throw Fault() }
    var id = [CChar](repeating: 0, count: 33)
    do throws(Fault) {
      try Self.wait(opened, deadline)
      try Self.check(cdbus_bus_id(opened, &id))
    } catch {
      cdbus_close(opened)
      throw error
    }
    bus = opened
    self.invoked = invoked ?? { _, _, _ in }
    self.id = id.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    guard invoked != nil else { return }
    let me = Unmanaged.passUnretained(self).toOpaque()
    try Self.check(
      cdbus_watch(
        bus, try Self.left(deadline),
        { state, daemon, id, action in
          let me = Unmanaged<DesktopBus>.fromOpaque(state).takeUnretainedValue()
          me.invoked(String(cString: daemon), id, String(cString: action))
        }, me))
  }

  deinit { cdbus_close(bus) }

  /// What poll(2) shall wait for; nil when the connection is over.
  var interest: (descriptor: Int32, events: Int16)? {
    let (descriptor, events) = (cdbus_descriptor(bus), cdbus_events(bus))
    return descriptor < 0 || events < 0 ? nil : (descriptor, Int16(truncatingIfNeeded: events))
  }

  /// Reads and writes what there is. Returns false when the connection is over.
  func process() -> Bool {
    while true {
      let code = cdbus_process(bus)
      if code <= 0 { return code == 0 }
    }
  }

  /// What the daemon can do, and its unique name.
  func capabilities(by deadline: ContinuousClock.Instant) throws(Fault) -> (Set<String>, daemon: String) {
    final class Found { var names: Set<String> = [] }
    let found = Found()
    var answer = cdbus_answer()
    let code = cdbus_capabilities(
      bus, try Self.left(deadline),
      { state, name in
        Unmanaged<Found>.fromOpaque(state).takeUnretainedValue().names.insert(String(cString: name))
      }, Unmanaged.passUnretained(found).toOpaque(), &answer)
    try Self.check(code, answer)
    return (found.names, answer.daemonName)
  }

  /// Shows a notification and returns its id, and the unique name of the daemon that gave it.
  func notify(
    _ notification: DesktopNotification, by deadline: ContinuousClock.Instant
  ) throws(Fault) -> (id: UInt32, daemon: String) {
    var answer = cdbus_answer()
    let usec = try Self.left(deadline)
    let code = notification.withC { notification in
      withUnsafePointer(to: notification) { cdbus_notify(bus, usec, $0, &answer) }
    }
    try Self.check(code, answer)
    return (answer.id, answer.daemonName)
  }

  /// sd_bus_call itself would wait up to 90 seconds for a bus that does not answer the log-in.
  private static func wait(_ bus: OpaquePointer, _ deadline: ContinuousClock.Instant) throws(Fault) {
    while true {
      let code = cdbus_process(bus)
      try check(code)
      let isReady = cdbus_ready(bus)
      try check(isReady)
      if isReady > 0 { return }
      if code > 0 { continue }
      var polled = pollfd(
        fd: cdbus_descriptor(bus), events: Int16(truncatingIfNeeded: max(0, cdbus_events(bus))), revents: 0)
      poll(&polled, 1, Int32(try left(deadline) / 1000 + 1))
    }
  }

  /// Microseconds.
  private static func left(_ deadline: ContinuousClock.Instant) throws(Fault) -> UInt64 {
    let left = ContinuousClock.now.duration(to: deadline) / .microseconds(1)
    guard left >= 1 else { throw Fault(code: ETIMEDOUT) }
    return UInt64(left)
  }

  private static func check(_ code: Int32, _ answer: cdbus_answer = cdbus_answer()) throws(Fault) {
    if code < 0 { throw Fault(code: -code, name: answer.errorName) }
  }
}

extension cdbus_answer {
  fileprivate var daemonName: String { Self.text(daemon) }
  fileprivate var errorName: String { Self.text(error) }

  private static func text<Tuple>(_ tuple: Tuple) -> String {
    withUnsafeBytes(of: tuple) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
