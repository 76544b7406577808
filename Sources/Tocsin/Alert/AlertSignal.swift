import Foundation

/// What a sender says of one alert.
public enum AlertSignal: Sendable, Equatable {
  /// It fires, or has resolved.
  case state(ReceivedAlert)
  /// Somebody did something about it, at the sender.
  case action(AlertAction)

  public var source: String {
    switch self {
    case .state(let alert): alert.source
    case .action(let action): action.source
    }
  }
}

/// What somebody did about an alert at its sender.
public struct AlertAction: Sendable, Equatable {
  public enum Kind: Sendable, Equatable {
    /// Takes it on; until a moment, or for good.
    case acknowledge(until: Date?)
    /// Gives it back.
    case unacknowledge
    case resolve
    /// Adds a note to its incidents.
    case note(String)
    case assign(to: String)
    case retitle(String)
    case describe(String)
    /// Another severity; one that fires and has become graver is placed anew.
    case grade(Severity)
  }

  /// How the sender names the alert.
  public enum Key: Sendable, Equatable {
    case dedupKey(String)
    case guid(String)
  }

  public var source: String
  public var key: Key
  public var kind: Kind
  /// Who did it, as the sender names them; nil for the sender itself.
  public var by: String?

  public init(source: String, key: Key, kind: Kind, by: String? = nil) {
    self.source = source
    self.key = key
    self.kind = kind
    self.by = by
  }
}
