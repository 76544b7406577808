import Foundation

/// One incident of the demo: how it began and what was done about it.
struct DemoStory: Sendable {
  enum Step: Sendable {
    case status(Status)
    case severity(Severity)
    case assign(String)
    case note(NoteType, String)
    case logged(LoggedCommunication)
    /// Its alert is over.
    case resolved
    case close(summary: String, rootCause: String)
    /// The other story's incident takes this one's part.
    case merge(into: Int)
  }

  /// Minutes before the demo is loaded.
  let minutesAgo: Double
  let title: String
  let severity: Severity
  let package: String
  var description: String?
  /// What the alert is called that opens it; nil when a person did.
  var alert: String?
  /// With the minutes after the beginning.
  let steps: [(minutes: Double, step: Step)]
}

extension DemoStory.Step {
  static func call(_ direction: Direction, _ recipient: String, _ message: String) -> Self {
    .logged(
      LoggedCommunication(
        channel: "PHONE", direction: direction, message: message, recipient: recipient,
        status: direction == .inbound ? .delivered : .sent))
  }

  static func mail(_ recipient: String, _ message: String) -> Self {
    .logged(LoggedCommunication(channel: "EMAIL", message: message, recipient: recipient, status: .delivered))
  }
}
