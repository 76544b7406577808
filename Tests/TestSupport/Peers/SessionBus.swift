import Foundation

/// A real `dbus-daemon` with a bus of its own, which starts no programs by itself.
public final class SessionBus: @unchecked Sendable {
  // Used by one test, from one task at a time.
  private let scratch = Scratch()
  private let configuration: String
  private var process: PeerProcess?
  /// As in `channels.dbus.bus`.
  public let address: String

  /// Starts one, and ends it when `body` returns or throws.
  ///
  /// - Parameter port: of 127.0.0.1, for a bus over TCP that asks nobody who they are; nil for a socket.
  public static func with<Result>(port: Int? = nil, _ body: (SessionBus) async throws -> Result) async throws -> Result
  {
    let bus = try SessionBus(port: port)
    try bus.start()
    defer { bus.stop() }
    return try await body(bus)
  }

  private init(port: Int?) throws {
    let path = "unix:path=\(scratch.file("bus"))"
    address = port.map { "tcp:host=127.0.0.1,port=\($0)" } ?? path
    configuration = try scratch.write(
      "bus.conf",
      """
      <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
       "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
      <busconfig>
        <type>session</type>
        <listen>\(address)</listen>
        \(port == nil ? "<auth>EXTERNAL</auth>" : "<auth>ANONYMOUS</auth><allow_anonymous/>")
        <policy context="default">
          <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
        </policy>
      </busconfig>
      """)
  }

  /// Starts it again.
  public func start() throws {
    process = try PeerProcess(
      URL(filePath: DebianPeer.path("dbus-daemon")),
      ["--config-file=\(configuration)", "--nofork", "--nopidfile", "--print-address"])
  }

  public func stop() {
    process?.stop()
    process = nil
    try? FileManager.default.removeItem(atPath: scratch.file("bus"))
  }

  /// Settings of the channel DBUS.
  public var settings: [String: String] { ["bus": address] }
}
