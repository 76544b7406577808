import Foundation
import Tocsin

/// What stands under `channels.dbus`, checked.
struct DBusSettings: Sendable {
  /// A D-Bus address (https://dbus.freedesktop.org/doc/dbus-specification.html#addresses).
  let address: String
  var library = "libsystemd.so.0"
  var timeOuts = TimeOuts()

  /// - Parameter environment: the process's.
  init(_ settings: [String: String], environment: [String: String] = ProcessInfo.processInfo.environment) throws {
    switch settings["bus", default: ""] {
    case "session": address = environment["DBUS_SESSION_BUS_ADDRESS"] ?? "unix:path=/run/user/\(getuid())/bus"
    case "system": address = environment["DBUS_SYSTEM_BUS_ADDRESS"] ?? "unix:path=/run/dbus/system_bus_socket"
    case let text:
      // Other transports start programs (unixexec:, autolaunch:).
      guard text.hasPrefix("unix:") || text.hasPrefix("tcp:"), text.contains("="), !text.contains(";"),
        text.utf8.allSatisfy({ (33...126).contains($0) }), text.utf8.count <= 2048
      else {
        throw Setting.invalid(
          "bus", "must be session, system, or an address such as unix:path=/run/user/1000/bus or tcp:host=…,port=…",
          allowed: ["session", "system"])
      }
      address = text
    }
  }

  /// Why there is no connection to the bus.
  func failure(noBus fault: DesktopBus.Fault) -> SendFailure {
    .retryable(
      "no desktop bus at \(reason(address)): \(Self.text(fault)). It is there while its user is logged in: run Tocsin as "
        + "that user, or leave DBUS out on a machine without a desktop")
  }

  /// Why the notification daemon did not do what it was asked for. The names are D-Bus's own
  /// (https://dbus.freedesktop.org/doc/dbus-specification.html#standard-errors-failed).
  func failure(_ fault: DesktopBus.Fault) -> SendFailure {
    let standard = "org.freedesktop.DBus.Error."
    switch fault.name.hasPrefix(standard) ? String(fault.name.dropFirst(standard.count)) : "" {
    case "ServiceUnknown", "NameHasNoOwner":
      return .retryable("nothing on this bus shows notifications: start a notification daemon, such as dunst")
    case "AccessDenied": return .permanent("the bus does not let us show notifications")
    case "UnknownMethod", "UnknownInterface", "UnknownObject", "InvalidArgs", "InvalidSignature":
      return .permanent("what is on the bus does not take notifications as the specification says")
    default: return .retryable("the notification daemon showed nothing: \(Self.text(fault))")
    }
  }

  /// The error's own words are left out.
  private static func text(_ fault: DesktopBus.Fault) -> String {
    switch fault.code {
    case ETIMEDOUT: "it did not answer in time"
    case _ where !fault.name.isEmpty: reason(fault.name)
    case 0: "no connection"
    case let code: String(cString: strerror(code)).lowercased()
    }
  }
}
