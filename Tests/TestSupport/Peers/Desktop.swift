import Foundation

/// A real notification daemon, Debian's `dunst`, on a screen that nobody sees (`Xvfb`).
public final class Desktop: Sendable {
  private let screen: PeerProcess
  private let dunst: RunningProgram
  private let display: String
  private let environment: [String: String]

  /// Starts one on `bus`, and ends it when `body` returns or throws.
  public static func with<Result>(_ bus: SessionBus, _ body: (Desktop) async throws -> Result) async throws -> Result {
    let screen = try PeerProcess(
      URL(filePath: DebianPeer.path("Xvfb")), ["-displayfd", "1", "-screen", "0", "800x600x24", "-nolisten", "tcp"])
    defer { screen.stop() }
    let desktop = try Desktop(bus, screen)
    defer { desktop.dunst.signal(SIGKILL) }
    _ = try await eventually("dunst is on the bus: \(desktop.dunst.talk)") {
      try await desktop.control("count")?.contains("displayed") == true ? true : nil
    }
    return try await body(desktop)
  }

  private init(_ bus: SessionBus, _ screen: PeerProcess) throws {
    self.screen = screen
    display = ":\(screen.firstLine)"
    environment = ["DISPLAY": display, "DBUS_SESSION_BUS_ADDRESS": bus.address]
    let program = Program(environment)
    dunst = try program.start(program: try DebianPeer.path("dunst"), ["-print"])
  }

  /// Has `dunstctl` do something and returns what it printed; nil when it failed. `action 0` presses the button of the
  /// newest notification.
  public func control(_ command: String...) async throws -> String? {
    let ended = try await Program(environment).run(program: DebianPeer.path("dunstctl"), command)
    return ended.status == 0 ? ended.output : nil
  }

  /// Takes a picture of the screen and returns how many colours there are on it: one on an empty screen.
  public func photograph(_ path: String) async throws -> Int {
    let (take, look) = (try DebianPeer.path("import"), try DebianPeer.path("identify"))
    let ended = try await Program(environment).run(program: take, ["-display", display, "-window", "root", path])
    guard ended.status == 0 else { throw PeerFault("no picture: \(ended.talk)") }
    return Int(try await Program().run(program: look, ["-format", "%k", path]).output) ?? 0
  }
}
