import Foundation

/// A message, ready to send. Its text came from outside: each channel encodes it for its own sink.
public struct OutboundMessage: Sendable {
  public enum Kind: String, Sendable {
    case notification = "NOTIFICATION"
    /// The incident changed, and this channel follows it.
    case update = "UPDATE"
    case report = "REPORT"
    case test = "TEST"
  }

  /// A message that was accepted before: about the same incident, on the same channel, to the same target.
  public struct Sent: Sendable, Equatable {
    public let externalId: String
    public let shortRef: String
    /// With what its ``Receipt`` said.
    public let metadata: Metadata
    /// What it said, so that a channel that edits it keeps the words; nil for Tocsin's standard text.
    public let text: String?

    public init(externalId: String, shortRef: String, metadata: Metadata = [:], text: String? = nil) {
      self.externalId = externalId
      self.shortRef = shortRef
      self.metadata = metadata
      self.text = text
    }
  }

  public var kind: Kind
  /// What changed, when the kind is `update`.
  public var event: EventType?
  /// The same over all attempts: the vendor's key against duplicates.
  public var communicationGuid: String
  /// Stands in the text already.
  public var shortRef: String
  /// Where it goes, in the channel's own form.
  public var target: String
  /// One line, for channels that have one.
  public var subject: String
  public var text: String
  /// A ready HTML document, when there is one (reports); else the channel makes its own from the text.
  public var html: String?
  /// The incident as it is now. After a merge it is the one that the other was merged into.
  public var incident: Incident
  /// The guid of the incident that the message was written for, which a merge does not change: the key of everything that
  /// hangs together at the vendor.
  public var conversation: String
  /// Where people see the incident; nil when no public URL is configured.
  public var incidentURL: String?
  /// 1 for the first.
  public var attempt: Int
  /// The first message of the conversation that was accepted; nil when this is the first.
  public var first: Sent?
  /// How many incidents it tells of: 1, or more when a storm was bundled.
  public var incidents: Int

  public init(
    kind: Kind, event: EventType? = nil, communicationGuid: String, shortRef: String, target: String, subject: String,
    text: String, html: String? = nil, incident: Incident, conversation: String? = nil, incidentURL: String? = nil,
    attempt: Int = 1, first: Sent? = nil, incidents: Int = 1
  ) {
    self.kind = kind
    self.event = event
    self.communicationGuid = communicationGuid
    self.shortRef = shortRef
    self.target = target
    self.subject = subject
    self.text = text
    self.html = html
    self.incident = incident
    self.conversation = conversation ?? incident.incidentGuid
    self.incidentURL = incidentURL
    self.attempt = attempt
    self.first = first
    self.incidents = incidents
  }
}
