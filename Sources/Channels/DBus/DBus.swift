import Foundation
import Tocsin

/// Shows messages on a desktop, by `org.freedesktop.Notifications`. Proof: the id that the notification daemon gives.
public struct DBus: Channel {
  public static let about = ChannelInfo(
    name: "DBUS", summary: "Shows messages on the desktop of this machine, with a button to acknowledge.",
    target: "none: leave it out",
    settings: [
      ChannelSetting(
        "bus", "session, system, or a D-Bus address such as unix:path=/run/user/1000/bus", required: true)
    ], textLimit: DesktopNotification.limit, abilities: [.edits, .follows, .replies, .bundles])

  public let defaultTarget: String? = "desktop"

  public let follows: Set<EventType> = [
    .statusChange, .incidentClosed, .incidentReopened, .severityChange, .assignmentChange, .detailsChange,
    .incidentMerged,
  ]

  private let settings: DBusSettings
  private let thread: EventThread<DesktopLoop>

  public init(settings: [String: String]) throws { try self.init(settings: settings, timeOuts: TimeOuts()) }

  /// With other time-outs and another libsystemd, for tests.
  init(settings: [String: String], timeOuts: TimeOuts, library: String = "libsystemd.so.0") throws {
    var checked = try DBusSettings(settings)
    (checked.timeOuts, checked.library) = (timeOuts, library)
    self.settings = checked
    thread = EventThread { [checked] in DesktopLoop(checked) }
  }

  public func fault(inTarget target: String) -> String? {
    target == defaultTarget ? nil : "must be left out: DBUS shows messages on this machine only"
  }

  public func fits(_ text: String) -> Bool { DesktopNotification.fits(text) }

  public func send(_ message: OutboundMessage) async throws(SendFailure) -> Receipt {
    if let fault = fault(inTarget: message.target) { throw .permanent("the target \(fault)") }
    return try await ask { $0.show(message, by: $1) }.get()
  }

  /// Hears the button Acknowledge on every notification of this bus's daemon, until the task is cancelled. Whoever sits
  /// in front of the screen acts in the name of this process's user.
  public func listen(_ heard: @escaping @Sendable (Reply) async -> Void) async {
    let (pressed, continuation) = AsyncStream.makeStream(of: DesktopId.self, bufferingPolicy: .bufferingNewest(100))
    thread.submit { $0.listen { continuation.yield($0) } }
    for await id in pressed {
      await heard(Reply(externalId: id.text, action: .acknowledge, by: SystemUser.name()))
    }
    thread.submit { $0.stopListening() }
  }

  public func probe() async -> String? {
    let result = await ask { loop, deadline in
      loop.probe(by: deadline).map { .failure($0) } ?? .success(Receipt(externalId: ""))
    }
    if case .failure(let failure) = result { return failure.reason }
    return nil
  }

  private func ask(
    _ work: @escaping @Sendable (DesktopLoop, ContinuousClock.Instant) -> Result<Receipt, SendFailure>
  ) async -> Result<Receipt, SendFailure> {
    let seconds = settings.timeOuts.total
    let deadline = ContinuousClock.now + .seconds(seconds)
    return await thread.ask(within: seconds + 0.5) { loop, answer in answer.give(work(loop, deadline)) }
      ?? .failure(.retryable("the notification daemon did not answer in time"))
  }
}
