import CDBus
import Foundation
import Tocsin

/// Shows notifications over one connection to the bus, which is made when it is needed, and hears what buttons are
/// pressed. One connection for both: some desktops tell only the sender of a notification. For one thread only, an
/// ``EventThread``'s.
final class DesktopLoop: EventLoop {
  private let settings: DBusSettings
  private var bus: DesktopBus?
  private var isWatching = false
  private var heard: (@Sendable (DesktopId) -> Void)?
  private var reconnection = Reconnection()

  init(_ settings: DBusSettings) { self.settings = settings }

  var interest: (descriptor: Int32, events: Int16)? { bus?.interest }

  var wake: ContinuousClock.Instant? {
    guard bus == nil, heard != nil else { return nil }
    return reconnection.next ?? .now
  }

  func turn(ready: Int16) {
    if heard != nil, bus == nil, reconnection.next.map({ $0 <= .now }) ?? true { reconnect() }
    // Always down to the last message: the library does not ask poll(2) for more while it holds any.
    if let bus, !bus.process() { lose() }
  }

  private func reconnect() {
    do throws(SendFailure) {
      _ = try connect(by: .now + .seconds(settings.timeOuts.connect))
    } catch {
      reconnection.failed()
    }
  }

  func end() { leave() }

  /// Hears buttons from now on: `heard` gets the notification.
  func listen(_ heard: @escaping @Sendable (DesktopId) -> Void) {
    self.heard = heard
    // The signal is asked for while connecting.
    if !isWatching { leave() }
  }

  func stopListening() { heard = nil }

  /// Shows `message`, and blocks until the daemon has answered.
  func show(_ message: OutboundMessage, by deadline: ContinuousClock.Instant) -> Result<Receipt, SendFailure> {
    do throws(SendFailure) {
      let bus = try connect(by: deadline)
      do throws(DesktopBus.Fault) {
        let (capabilities, daemon) = try bus.capabilities(by: deadline)
        let earlier = message.first.flatMap { DesktopId($0.externalId) }
        let isThere = earlier?.daemon == daemon && earlier?.bus == bus.id
        // A daemon tells of a button only whom the notification came from: where nobody hears it, it would be a lie.
        let notification = DesktopNotification(
          message, capabilities: heard == nil ? capabilities.subtracting(["actions"]) : capabilities,
          replaces: isThere ? earlier?.number ?? 0 : 0)
        let shown = try bus.notify(notification, by: deadline)
        guard shown.id > 0 else {
          return .failure(.retryable("the notification daemon gave no id, so nothing is shown"))
        }
        return .success(Self.receipt(DesktopId(number: shown.id, daemon: shown.daemon, bus: bus.id)))
      } catch {
        if error.name.isEmpty || error.code == ETIMEDOUT { lose() }
        throw settings.failure(error)
      }
    } catch {
      return .failure(error)
    }
  }

  /// Says why nothing could be shown, or nil.
  func probe(by deadline: ContinuousClock.Instant) -> SendFailure? {
    do throws(SendFailure) {
      let bus = try connect(by: deadline)
      do throws(DesktopBus.Fault) {
        _ = try bus.capabilities(by: deadline)
        return nil
      } catch {
        if error.name.isEmpty || error.code == ETIMEDOUT { lose() }
        throw settings.failure(error)
      }
    } catch {
      return error
    }
  }

  private static func receipt(_ id: DesktopId) -> Receipt {
    Receipt(
      externalId: id.text, metadata: ["notification_id": .integer(Int64(id.number)), "daemon": .string(id.daemon)])
  }

  /// The connection there is, or a new one.
  private func connect(by deadline: ContinuousClock.Instant) throws(SendFailure) -> DesktopBus {
    // It may have broken since.
    if let bus, bus.process() { return bus }
    lose()
    if let fault = cdbus_load(settings.library) { throw .retryable(String(cString: fault)) }
    let limit = min(deadline, .now + .seconds(settings.timeOuts.connect))
    do throws(DesktopBus.Fault) {
      let made = try DesktopBus(settings.address, by: limit, invoked: heard == nil ? nil : watcher)
      (bus, isWatching) = (made, heard != nil)
      reconnection.succeeded()
      return made
    } catch {
      throw settings.failure(noBus: error)
    }
  }

  private var watcher: (String, UInt32, String) -> Void {
    { [weak self] daemon, number, action in
      guard let self, let bus, action == DesktopNotification.acknowledge else { return }
      heard?(DesktopId(number: number, daemon: daemon, bus: bus.id))
    }
  }

  /// The connection there was is over, by nobody's wish.
  private func lose() {
    guard bus != nil else { return }
    leave()
    reconnection.failed()
  }

  private func leave() { (bus, isWatching) = (nil, false) }
}
